import type { SingyeongError } from "../errors.ts";
import type { Consumer } from "./consumer.ts";
import type { Grip, Hands, Verdict } from "./hands.ts";
import type { Held } from "./held.ts";

/** What a consumer has in hand, and how the consumer comes to its end. */
export interface Station<H> extends Grip<H>, Pick<Consumer, "stop" | "closed"> {
  readonly state: "open" | "stopping" | "closed";
  /** How much is in hand. */
  readonly size: number;
  readonly hands: Hands<H>;
  /** Counts something as in hand. */
  add(held: H): void;
  /** Stops by the signal from now on. */
  start(): void;
  /** Ends what was stopped, if nothing is left to do. */
  finish(): void;
  end(error: SingyeongError | null): void;
}

export interface StationParts<H> {
  readonly signal: AbortSignal | undefined;
  settle(held: H, verdict: Verdict): Promise<void>;
  /** Told why something could not be settled. */
  report(error: SingyeongError): void;
  /** Something has left its place. */
  released(): void;
  /** Asks for nothing more, and has the hands give back what they have not begun with. */
  stopping(hands: Hands<H>): void;
  /** Whether more may come, or has to be heard, before a stop is over. */
  readonly pending: boolean;
  ended(): void;
}

export function createStation<H extends Held>(
  parts: StationParts<H>,
  createHands: (grip: Grip<H>) => Hands<H>,
): Station<H> {
  const { signal } = parts;
  const over = Promise.withResolvers<SingyeongError | null>();
  const inHand = new Set<H>();
  let state: Station<H>["state"] = "open";
  /** Settlements that are not stored yet. */
  let settling = 0;

  const hands = createHands({ settle, release });

  function release(held: H): void {
    if (!inHand.delete(held)) return;
    finish();
    parts.released();
  }

  function settle(held: H, verdict: Verdict): void {
    const lostBefore = held.lost !== null;
    settling++;
    held.done = true;
    parts
      .settle(held, verdict)
      .catch((error: SingyeongError) => {
        if (!lostBefore && !goesWithoutSaying.has(error.code)) parts.report(error);
      })
      .finally(() => {
        settling--;
        finish();
      });
    release(held);
  }

  function finish(): void {
    if (state === "stopping" && !parts.pending && inHand.size + settling === 0) end(null);
  }

  function end(error: SingyeongError | null): void {
    if (state === "closed") return;
    state = "closed";
    signal?.removeEventListener("abort", stop);
    parts.ended();
    hands.end(error);
    over.resolve(error);
  }

  async function stop(): Promise<void> {
    if (state === "open") {
      state = "stopping";
      parts.stopping(hands);
      finish();
    }
    await over.promise;
  }

  return {
    get state() {
      return state;
    },
    get size() {
      return inHand.size;
    },
    hands,
    add: (held) => void inHand.add(held),
    start() {
      if (signal?.aborted) return void stop();
      signal?.addEventListener("abort", stop, { once: true });
    },
    settle,
    release,
    finish,
    end,
    stop,
    closed: () => over.promise,
  };
}

/** Whoever loses a connection is told so once. */
const goesWithoutSaying: ReadonlySet<string> = new Set(["client/connection-lost", "client/closed"]);
