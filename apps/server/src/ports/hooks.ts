import type { Value } from "@singyeong/protocol";
import type { Credentials, Verdict } from "./authenticator.ts";
import type { HeaderList } from "./listener.ts";

/** A client, as those see it who look on. */
export interface HookClient {
  readonly application: string;
  readonly id: string;
  readonly restricted: boolean;
  readonly namespace: string | null;
  readonly ip: string | null;
  /** Plain values by key. */
  readonly metadata: { readonly [key: string]: Value };
}

/** Nobody else gets the event, and nobody is told. */
export interface Halt {
  readonly kind: "halt";
}

/** Something failed, and what had been done for the event was undone as far as possible. */
export interface HookError {
  readonly kind: "error";
  readonly reason: string;
  /** What could not be undone, in words. */
  readonly undoErrors: readonly string[];
}

/** What becomes of an event that somebody looked at: it goes on, with the very `d` that it came with or another one. */
export type PassOutcome = { readonly kind: "next"; readonly d: Value } | Halt | HookError;

/** What becomes of an event that plugins own: dispatches back to its sender. */
export type OwnOutcome =
  | { readonly kind: "next"; readonly frames: readonly { readonly t: string; readonly d: Value }[] }
  | Halt
  | HookError;

type Soon<T> = T | Promise<T>;

/** A request to a route of a plugin, authenticated where the route asks for it. */
export interface HookRequest {
  /** Where the server is, as the request has it, such as `http://127.0.0.1:4567`. */
  readonly origin: string;
  readonly method: string;
  /** All of it, as sent. */
  readonly path: string;
  /** Without its `?`. */
  readonly query: string;
  readonly peer: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  /** Aborts where who asks has gone. */
  readonly signal: AbortSignal;
}

/** What a route answered. */
export interface HookResponse {
  readonly ok: true;
  readonly status: number;
  readonly headers: HeaderList;
  /** `null` is none. A stream that is not read to its end is to be cancelled. */
  readonly body: ReadableStream<Uint8Array> | null;
}

/** A route that is there. */
export interface HookRoute {
  /** True where no password is asked for. */
  readonly open: boolean;
  /** An error is one of the plugin: `reason` is for who asks to read. */
  answer(request: HookRequest): Promise<HookResponse | { readonly ok: false; readonly reason: string }>;
}

/** What plugins may do with the server that runs them. */
export interface HookServer {
  clients(): readonly HookClient[];
  /** The clients that a query keeps. @throws TypeError that says what is wrong with the query */
  query(query: Value): readonly HookClient[];
  /** Sends an event to one client of those that a query keeps, or to all; tells to how many. @throws TypeError as `query` */
  dispatch(kind: "one" | "all", query: Value, event: string, payload: Value): number;
}

/**
 * What plugins do with what happens. None of it throws or rejects: what a plugin throws becomes an error, one that
 * takes too long too. A server without plugins has no hooks at all, and pays nothing.
 */
export interface Hooks {
  /** Dispatch events of clients that plugins own; none of them is one of the server's. */
  readonly events: ReadonlySet<string>;
  /** Whether anybody looks at what clients send … */
  readonly seesIncoming: boolean;
  /** … and at what they are sent. Both are fixed once it has started. */
  readonly seesOutgoing: boolean;
  incoming(client: HookClient, event: string, d: Value): Soon<PassOutcome>;
  outgoing(client: HookClient, event: string, d: Value): Soon<PassOutcome>;
  own(client: HookClient, event: string, d: Value): Soon<OwnOutcome>;
  /** `null` where no plugin authenticates. A verdict that is `null` leaves it to the authenticator behind them. */
  readonly judge: ((credentials: Credentials) => Soon<Verdict | null>) | null;
  connected(client: HookClient): void;
  disconnected(client: HookClient): void;
  changed(client: HookClient): void;
  /**
   * The route for a path as it was sent, without the `/api/v1/plugin` before it; `null` where there is none, and where the
   * path is one that could mean another (`..`, `//`, slashes and NUL in escapes).
   */
  findRoute(method: string, path: string): HookRoute | null;
  /** Loads the plugins. @throws Error that names the plugin that does not load */
  start(server: HookServer): Promise<void>;
  /** Ends their timers and whatever else is theirs. */
  stop(): Promise<void>;
}
