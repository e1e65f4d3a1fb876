import type { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import type { Checked } from "../messaging/schema-check.ts";
import type { CancelTimer } from "../platform/platform.ts";
import type { Desk, Worker } from "./desk.ts";
import type { HeldJob, JobActions } from "./held-job.ts";
import type { Leases } from "./leases.ts";
import type { ConsumeOptions, Consumer } from "./queue.ts";

/** Whatever works on the jobs of a consumer: a handler, or the reader of a loop. */
export interface Hands {
  take(held: HeldJob): void;
  /** Nothing more is wanted: gives back what nobody has begun with. */
  stop(): void;
  /** It is over, whatever is still at work. */
  end(error: SingyeongError | null): void;
}

/** What hands do to their consumer. */
export interface Grip {
  /** Settles a job, unless that has been done, and releases it. Where it cannot be settled, that is reported. */
  settle(...args: Parameters<JobActions["settle"]>): void;
  /** The job has no place in hand any more: another one may come for it. */
  release(held: HeldJob): void;
}

/** A consumer, and what befalls it. */
export interface OpenConsumer extends Worker, Pick<Consumer, "stop" | "closed"> {
  start(): void;
  end(error: SingyeongError | null): void;
}

export interface ConsumerParts {
  readonly core: Core;
  readonly leases: Leases;
  readonly desk: Desk;
  /** A payload as users get it. */
  readonly read: (payload: unknown) => Checked;
  /** Told of the end. */
  readonly ended: () => void;
}

/** Most that may be asked for at a time. */
const maxRequestCount = 10_000;

/** When to ask again where that was refused for now, in milliseconds. */
const retryMs = 1000;

/**
 * Keeps `concurrency` jobs asked for or in hand. What is asked for counts until it has come, or will not come; what is in
 * hand until the hands release it.
 */
export function createConsumer(
  { core: { platform, hub }, leases, desk, read, ended }: ConsumerParts,
  { concurrency = 1, signal }: ConsumeOptions,
  createHands: (grip: Grip) => Hands,
): OpenConsumer {
  const over = Promise.withResolvers<SingyeongError | null>();
  const inHand = new Set<HeldJob>();
  let state: "open" | "stopping" | "closed" = "open";
  let asked = 0;
  /** Settlements that are not stored yet. */
  let settling = 0;
  let filling = false;
  let cancelRetry: CancelTimer | null = null;

  const hands = createHands({ settle, release });

  function fill(): void {
    filling = false;
    if (state !== "open" || !desk.open || cancelRetry !== null) return;
    const count = Math.min(Math.floor(concurrency) - inHand.size, maxRequestCount) - asked;
    if (count <= 0) return;
    asked += count;
    desk.ask(consumer, count);
  }

  function release(held: HeldJob): void {
    if (!inHand.delete(held)) return;
    finish();
    if (filling) return;
    filling = true;
    // What is released in one turn is asked for in one frame.
    platform.soon(fill);
  }

  function settle(...[held, event, options]: Parameters<Grip["settle"]>): void {
    const lostBefore = held.lost !== null;
    settling++;
    held.done = true;
    leases
      .settle(held, event, options)
      .catch((error: SingyeongError) => {
        if (!lostBefore && !goesWithoutSaying.has(error.code)) hub.report(error);
      })
      .finally(() => {
        settling--;
        finish();
      });
    release(held);
  }

  /** Ends what was stopped, once nothing is left to do. */
  function finish(): void {
    if (state === "stopping" && asked + inHand.size + settling === 0) end(null);
  }

  function end(error: SingyeongError | null): void {
    if (state === "closed") return;
    state = "closed";
    cancelRetry?.();
    signal?.removeEventListener("abort", stop);
    desk.workers.delete(consumer);
    if (asked > 0) void desk.cancel();
    hands.end(error);
    ended();
    over.resolve(error);
  }

  async function stop(): Promise<void> {
    if (state === "open") {
      state = "stopping";
      hands.stop();
      if (asked > 0) void desk.cancel();
      finish();
    }
    await over.promise;
  }

  const consumer: OpenConsumer = {
    take(delivery) {
      asked--;
      const checked = read(delivery.payload);
      const held = leases.hold(delivery, checked.ok ? checked.payload : null);
      inHand.add(held);
      if (state === "closed") return settle(held, "QUEUE_NACK", { delayMs: 0 });
      if (checked.ok) return hands.take(held);
      hub.report(checked.error);
      settle(held, "QUEUE_NACK");
    },
    refused(count, error) {
      asked -= count;
      finish();
      if (error === null || state !== "open") return;
      hub.report(error);
      if (error.retry === "never") return end(error);
      cancelRetry ??= platform.after(retryMs, () => {
        cancelRetry = null;
        fill();
      });
    },
    start() {
      desk.workers.add(consumer);
      if (signal?.aborted) return void stop();
      signal?.addEventListener("abort", stop, { once: true });
      fill();
    },
    fill,
    stop,
    end,
    closed: () => over.promise,
  };

  return consumer;
}

/** Whoever loses a connection is told so once. */
const goesWithoutSaying: ReadonlySet<string> = new Set(["client/connection-lost", "client/closed"]);
