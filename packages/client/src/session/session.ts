import type { Frame } from "../codec/wire-codec.ts";
import { SingyeongError } from "../errors.ts";
import type { Server } from "../options/servers.ts";
import type { CancelTimer, Platform } from "../platform/platform.ts";
import type { Status } from "../status/status.ts";
import type { Admission } from "./answers.ts";
import { type BackoffTimes, backoffDelayMs } from "./backoff.ts";
import type { Link, LinkHandlers } from "./link.ts";
import { type Effect, type Event, type State, table } from "./machine.ts";
import { createServerList } from "./server-list.ts";

/** One client's standing with its servers, over as many connections as it takes. */
export interface Session {
  readonly state: State;
  /** The connection that messages go out on; `null` while there is none. */
  readonly link: Link | null;
  /** What the server granted last; `null` before it let us in for the first time. */
  readonly admission: Admission | null;
  /** The server connected to, or tried last. */
  readonly server: Server;
  start(): void;
  /** Ends it; `error` is why, `null` where it was asked for. */
  stop(error: SingyeongError | null): void;
}

export interface SessionOptions {
  readonly servers: readonly Server[];
  readonly platform: Platform;
  readonly backoff: BackoffTimes;
  /** Attempts in a row that may fail once the first connection stood. */
  readonly maxAttempts: number;
  /** Attempts in a row that may fail before that. */
  readonly maxFirstAttempts: number;
  /** How long one attempt may take until the server has let us in. */
  readonly attemptMs: number;
  readonly openLink: (server: Server, handlers: LinkHandlers) => Link;
  /** `d` of identify, as of now. */
  readonly identify: () => object;
  /** Refuses an admission that is not what was asked for. */
  readonly judge: (admission: Admission) => SingyeongError | null;
}

export interface SessionHandlers {
  /** A connection stands. */
  ready(link: Link): void;
  /** A dispatch, or the refusal of one. */
  dispatch(frame: Frame): void;
  /** The connection takes nothing more, though one that was told goodbye may still bring answers. */
  down(): void;
  /** A connection that stood is gone, and with it every answer it owed. */
  lost(link: Link, error: SingyeongError): void;
  status(status: Status): void;
  /** The end; told once. */
  finished(error: SingyeongError | null): void;
}

/**
 * How long a connection has to stand, in milliseconds, before it counts as a success: a server that lets everyone in and
 * sends them away at once must not be asked again without delay for ever.
 */
const stableMs = 1000;

/** How long a farewell may take, and how long a server that said goodbye may still answer, in milliseconds. */
const farewellMs = 1000;
const retirementMs = 10_000;

/** Makes a session that has not begun. */
export function createSession(options: SessionOptions, handlers: SessionHandlers): Session {
  const { platform, backoff, attemptMs } = options;
  const servers = createServerList(options.servers);
  let state: State = "idle";
  let link: Link | null = null;
  /** Why the connection at hand, or the attempt, came to its end. */
  let cause = closedError();
  /** Why the session came to its end; `null` where it was asked for. */
  let reason: SingyeongError | null = null;
  let admission: Admission | null = null;
  /** When the connection at hand was let in. */
  let readyAtMs = 0;
  let cancelTimer: CancelTimer = () => {};
  const events: Event[] = [];
  const retired = new Map<Link, CancelTimer>();

  const effects: Readonly<Record<Effect, () => void>> = {
    dial() {
      servers.attempt();
      handlers.status({ type: "connecting", server: servers.current.name, attempt: servers.attempts });
      link = openLink(servers.current);
      arm(attemptMs, () =>
        fail(new SingyeongError("client/timeout", `${servers.current.name} did not answer in time`)),
      );
    },
    introduce() {
      try {
        link!.introduce(options.identify());
      } catch (error) {
        fail(error as SingyeongError);
      }
    },
    welcome() {
      cancelTimer();
      const again = admission !== null;
      admission = link!.admission!;
      readyAtMs = platform.elapsedMs();
      const { restricted, caps, node } = admission;
      handlers.status({ type: "connected", server: link!.server.name, node, restricted, caps, again });
      handlers.ready(link!);
    },
    drop() {
      cancelTimer();
      const dropped = link;
      link = null;
      dropped?.abandon();
      if (!dropped?.admission) return;
      handlers.down();
      handlers.lost(dropped, cause);
    },
    retire() {
      const retiring = link!;
      link = null;
      handlers.down();
      retired.set(
        retiring,
        platform.after(retirementMs, () => release(retiring, connectionLost(retiring))),
      );
      servers.advance();
    },
    schedule() {
      const delayMs = servers.midRound ? 0 : backoffDelayMs(servers.rounds + 1, backoff, platform.random());
      servers.advance();
      handlers.status({ type: "disconnected", error: cause, retryInMs: delayMs });
      arm(delayMs, () => handle("elapsed"));
    },
    unschedule: () => cancelTimer(),
    farewell() {
      cancelTimer();
      link!.close();
      arm(farewellMs, () => handle("gone"));
    },
    finish() {
      for (const retiring of [...retired.keys()]) release(retiring, cause);
      handlers.status({ type: "closed", error: reason });
      handlers.finished(reason);
    },
  };

  function arm(delayMs: number, run: () => void): void {
    cancelTimer();
    cancelTimer = platform.after(delayMs, run);
  }

  /** Events that effects cause wait until the step at hand is done. */
  function handle(event: Event): void {
    if (events.push(event) > 1) return;
    for (; events.length > 0; events.shift()) take(events[0]!);
  }

  function take(event: Event): void {
    const step = table[state][event];
    if (step === null) return;
    const [to, ...due] = step;
    state = to;
    for (const effect of due) effects[effect]();
  }

  /** Whether the connection that is about to go stood long enough to count. */
  function provedStable(): boolean {
    const stable = platform.elapsedMs() - readyAtMs >= stableMs;
    if (stable) servers.succeed();
    return stable;
  }

  /** What befell the connection at hand, or the attempt. */
  function fail(error: SingyeongError): void {
    if (state === "closing") return handle("gone");
    if (state === "ready") provedStable();
    cause = error;
    const stood = admission !== null;
    const limit = stood ? options.maxAttempts : options.maxFirstAttempts;
    // Mistakes that no other attempt will mend. An id that is taken may be ours of before: free soon, unless we are new.
    const isFinal = error.code === "identify/duplicate" ? !stood : error.retry === "never";
    if (!isFinal && servers.attempts < limit) return handle("lost");
    reason = error;
    handlers.status({ type: "disconnected", error, retryInMs: null });
    handle("failed");
  }

  function release(retiring: Link, error: SingyeongError): void {
    retired.get(retiring)?.();
    if (!retired.delete(retiring)) return;
    retiring.abandon();
    handlers.lost(retiring, error);
  }

  function openLink(server: Server): Link {
    const opened: Link = options.openLink(server, {
      hello: () => opened === link && handle("hello"),
      ready(admission) {
        if (opened !== link) return;
        const refusal = options.judge(admission);
        if (refusal !== null) return fail(refusal);
        handle("ready");
      },
      dispatch: handlers.dispatch,
      goodbye(said) {
        if (opened !== link) return;
        if (state !== "ready" || (!provedStable() && servers.rounds > 1)) return fail(connectionLost(opened));
        handlers.status({ type: "goodbye", reason: said });
        handle("goodbye");
      },
      latency: (ms) => opened === link && handlers.status({ type: "latency", ms }),
      ended(error) {
        if (opened === link) fail(error);
        else release(opened, connectionLost(opened));
      },
    });
    return opened;
  }

  return {
    get state() {
      return state;
    },
    get link() {
      return state === "ready" ? link : null;
    },
    get admission() {
      return admission;
    },
    get server() {
      return servers.current;
    },
    start: () => handle("start"),
    stop(error) {
      if (state === "closing" || state === "closed") return;
      reason = error;
      cause = error ?? closedError();
      handle("stop");
    },
  };
}

function connectionLost({ server }: Link): SingyeongError {
  return new SingyeongError("client/connection-lost", `${server.name} closed the connection`);
}

function closedError(): SingyeongError {
  return new SingyeongError("client/closed", "the client was closed");
}
