import type { Deadlined } from "./calls.ts";

/** What somebody shows to be let in. */
export interface AuthCall extends Deadlined {
  /** A password or token; `null` is none. Never log it. */
  readonly secret: string | null;
  /** The peer's address. */
  readonly peer: string;
  /** A client that identifies, or a request over HTTP. */
  readonly over: "socket" | "http";
  /** Who a client says it is; `null` over HTTP. */
  readonly client: { readonly application: string; readonly id: string } | null;
}

/**
 * What a client may do; what is left out is not bounded. In lists of names `*` stands for any run of characters. The same as
 * a token's claim `singyeong`.
 */
export interface Permissions {
  /** The client is of this namespace, and only sees and reaches clients of it. */
  readonly namespace?: string;
  /** Applications that it may identify as. */
  readonly identify?: readonly string[];
  /** Applications that its queries may name. */
  readonly send?: readonly string[];
  /** Queues that it may push to. */
  readonly push?: readonly string[];
  /** Queues that it may take from. */
  readonly consume?: readonly string[];
  /** Topics that it may publish to. */
  readonly publish?: readonly string[];
  /** Topics and patterns of them that it may subscribe to. */
  readonly subscribe?: readonly string[];
  /** Metadata keys that it may set. */
  readonly metadata?: readonly string[];
  /** Whether it may look into and change the server. */
  readonly admin?: boolean;
}

/** Lets somebody in. */
export interface Grant {
  readonly ok: true;
  /** Without trust; over HTTP that is nothing at all. @default false */
  readonly restricted?: boolean;
  /** @default no bound. Where two plugins both give some, the client is refused: nobody can tell which count. */
  readonly permissions?: Permissions;
  /** When it ends, in milliseconds since the epoch: the connection is closed then. @default never */
  readonly expiresAtMs?: number;
  /** Who it is, for logs and audits. */
  readonly subject?: string;
  /** The secret was a wrong one: too many of those from one address are held off. @default false */
  readonly isGuess?: boolean;
}

/** Lets nobody in. */
export interface Refusal {
  readonly ok: false;
  /** For the peer to read, so without secrets. */
  readonly reason: string;
  /** The secret was a wrong one. @default true where one was shown */
  readonly isGuess?: boolean;
}

/**
 * - `"ok"`: full trust;
 * - `"restricted"`: let in without trust; a secret that was shown counts as a guess;
 * - a `Grant` or a `Refusal`, which say more;
 * - `null`: not for this plugin to judge. Where that is so of all, the server's own passwords and tokens decide, and where it
 *   has none of them nobody is let in further than restricted.
 *
 * Of several plugins a refusal wins, then `restricted`, then `ok`. What throws or takes too long is a refusal.
 */
export type AuthOutcome = "ok" | "restricted" | Grant | Refusal | null;
