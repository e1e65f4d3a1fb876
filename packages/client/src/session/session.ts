import type { Frame } from "../codec/wire-codec.ts";
import { SingyeongError } from "../errors.ts";
import type { Server } from "../options/servers.ts";
import type { CancelTimer, Platform } from "../platform/platform.ts";
import type { Status } from "../status/status.ts";
import { type Admission, readRetryAfterMs } from "./answers.ts";
import { type BackoffTimes, backoffDelayMs } from "./backoff.ts";
import type { KeeperBounds } from "./keeper.ts";
import { type Connection, connectionLost, type Link, type LinkHandlers, notTheProtocol } from "./link.ts";
import { type Effect, type Event, type State, table } from "./machine.ts";
import { createServerList } from "./server-list.ts";
import { createStanding, type Standing } from "./standing.ts";

/** One client's standing with its servers, over as many connections as it takes. */
export interface Session extends Pick<Standing, "onDown" | "onLost"> {
  readonly state: State;
  /** The connection that messages go out on; `null` while there is none. */
  readonly link: Link | null;
  /**
   * `link`, or while that is broken and may still be resumed, what it was: what was had on it is ours as long as it stands here.
   * After a resumption it is `link` again, the very same.
   */
  readonly lasting: Link | null;
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
  /** How much of what was sent is kept to be sent again. */
  readonly outbox: KeeperBounds;
  readonly openLink: (server: Server, handlers: LinkHandlers) => Connection;
  /** `d` of identify, as of now. Where it comes late, the connection may be gone by then. */
  readonly identify: () => object | Promise<object>;
  /** Whether each attempt has a token of its own. @default false */
  readonly asksForToken?: boolean;
  /** Refuses an admission that is not what was asked for. */
  readonly judge: (admission: Admission) => SingyeongError | null;
}

export interface SessionHandlers {
  /** A connection stands. */
  ready(link: Link): void;
  /** A dispatch, or the refusal of one, and the connection that it came on: that of a server which said goodbye may still bring some. */
  dispatch(frame: Frame, link: Link | null): void;
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
  /** The connection at hand, or the attempt. */
  let connection: Connection | null = null;
  /** What was let in last and is not lost; it outlives its connection where that may be resumed. */
  const standing = createStanding(platform, options.outbox, handlers);
  /** Why the connection at hand, or the attempt, came to its end. */
  let cause = closedError();
  /** Why the session came to its end; `null` where it was asked for. */
  let reason: SingyeongError | null = null;
  let admission: Admission | null = null;
  let cancelTimer: CancelTimer = () => {};
  const events: Event[] = [];
  const retired = new Map<Connection, { readonly link: Link; readonly cancelTimer: CancelTimer }>();

  const effects: Readonly<Record<Effect, () => void>> = {
    dial() {
      servers.attempt();
      handlers.status({ type: "connecting", server: servers.current.name, attempt: servers.attempts });
      connection = openLink(servers.current);
      arm(attemptMs, () =>
        fail(new SingyeongError("client/timeout", `${servers.current.name} did not answer in time`)),
      );
    },
    introduce() {
      const introduced = connection!;
      const send = (identify: object): void => {
        if (introduced !== connection || state !== "identifying") return;
        const resume = standing.link?.request;
        introduced.introduce({ ...identify, ...(resume && { resume }) });
      };
      const refuse = (error: unknown): void => {
        if (introduced === connection) fail(error as SingyeongError);
      };
      try {
        const identify = options.identify();
        if (identify instanceof Promise) identify.then(send).catch(refuse);
        else send(identify);
      } catch (error) {
        refuse(error);
      }
    },
    welcome() {
      cancelTimer();
      const again = admission !== null;
      admission = connection!.admission!;
      const { restricted, caps, node, session, missed } = admission;
      const resumed = session?.resumed === true;
      if (resumed) standing.resume(connection!);
      else standing.begin(connection!);
      handlers.status({ type: "connected", server: connection!.server.name, node, restricted, caps, again, resumed });
      if (missed !== undefined) handlers.status({ type: "missed", count: missed });
      handlers.ready(standing.link!);
    },
    drop() {
      letGo();
      standing.drop(cause);
    },
    part() {
      letGo();
      standing.part(cause, () => handle("expired"));
    },
    forsake: () => standing.forsake(),
    retire() {
      const retiring = connection!;
      connection = null;
      retired.set(retiring, {
        link: standing.retire(),
        cancelTimer: platform.after(retirementMs, () => release(retiring, connectionLost(retiring.server))),
      });
    },
    turn: () => servers.advance(),
    schedule() {
      const usualMs = servers.midRound ? 0 : backoffDelayMs(servers.rounds + 1, backoff, platform.random());
      const delayMs = Math.max(usualMs, readRetryAfterMs(cause.details));
      handlers.status({ type: "disconnected", error: cause, retryInMs: delayMs });
      arm(delayMs, () => handle("elapsed"));
    },
    unschedule: () => cancelTimer(),
    farewell() {
      cancelTimer();
      connection!.close();
      arm(farewellMs, () => handle("gone"));
    },
    finish() {
      standing.forsake(cause);
      for (const retiring of [...retired.keys()]) release(retiring, cause);
      handlers.status({ type: "closed", error: reason });
      handlers.finished(reason);
    },
  };

  function letGo(): void {
    cancelTimer();
    connection?.abandon();
    connection = null;
  }

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
    const stable = platform.elapsedMs() - standing.link!.standsSinceMs >= stableMs;
    if (stable) servers.succeed();
    return stable;
  }

  /** What befell the connection at hand, or the attempt. */
  function fail(error: SingyeongError, broken = false): void {
    if (state === "closing") return handle("gone");
    if (state === "ready") provedStable();
    cause = error;
    const stood = admission !== null;
    const limit = stood ? options.maxAttempts : options.maxFirstAttempts;
    // Mistakes that no other attempt will mend. An id that is taken may be ours of before: free soon, unless we are new; and a token that
    // is asked for may be another one next time.
    const mayPass = error.code === "identify/duplicate" || (error.code === "auth/failed" && options.asksForToken);
    const isFinal = mayPass ? !stood : error.retry === "never";
    if (!isFinal && servers.attempts < limit) {
      return handle(broken && state === "ready" && standing.link!.request !== null ? "parted" : "lost");
    }
    reason = error;
    handlers.status({ type: "disconnected", error, retryInMs: null });
    handle("failed");
  }

  function release(retiring: Connection, error: SingyeongError): void {
    const entry = retired.get(retiring);
    if (!entry) return;
    retired.delete(retiring);
    entry.cancelTimer();
    retiring.abandon();
    standing.release(entry.link, error);
  }

  /** What is wrong with an admission. */
  function judge(granted: Admission): SingyeongError | null {
    const { session } = granted;
    if (!session?.resumed || standing.link?.received(session.received)) return options.judge(granted);
    standing.forsake();
    return notTheProtocol(connection!.server.name);
  }

  function openLink(server: Server): Connection {
    const isReady = (): boolean => opened === connection && state === "ready";
    const opened: Connection = options.openLink(server, {
      hello: () => opened === connection && handle("hello"),
      ready(granted) {
        if (opened !== connection) return;
        const refusal = judge(granted);
        if (refusal !== null) return fail(refusal);
        handle("ready");
      },
      dispatch(frame, bytes) {
        if (!isReady()) return handlers.dispatch(frame, retired.get(opened)?.link ?? null);
        const link = standing.link!;
        const isNext = link.receive(frame, bytes);
        if (isNext) handlers.dispatch(frame, link);
        else if (isNext === null) fail(notTheProtocol(opened.server.name));
      },
      beat: () => isReady() && standing.link!.confirm(),
      goodbye(said) {
        if (opened !== connection) return;
        if (state !== "ready" || (!provedStable() && servers.rounds > 1)) return fail(connectionLost(opened.server));
        handlers.status({ type: "goodbye", reason: said });
        handle("goodbye");
      },
      latency: (ms) => opened === connection && handlers.status({ type: "latency", ms }),
      ended(error, broken) {
        if (opened === connection) fail(error, broken);
        else release(opened, connectionLost(opened.server));
      },
    });
    return opened;
  }

  return {
    get state() {
      return state;
    },
    get link() {
      return state === "ready" ? standing.link : null;
    },
    get lasting() {
      return standing.link;
    },
    get admission() {
      return admission;
    },
    onDown: standing.onDown,
    onLost: standing.onLost,
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

function closedError(): SingyeongError {
  return new SingyeongError("client/closed", "the client was closed");
}
