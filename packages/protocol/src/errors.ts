/**
 * The table of errors. `code` is stable and what programs match on; `text` is v1's `error`, kept where clients in
 * the field match on it; `message` details travel in `extra_info`.
 */

/** What a client may do about an error. */
export type Retry =
  /** The same frame will fail again: change it. */
  | "never"
  /** The same frame may succeed later on this connection. */
  | "later"
  /** Connect again (elsewhere, where there is more than one server). */
  | "reconnect";

export interface ErrorRow {
  /** v1's `error` text; a row whose text varies says so with `null` and the sender fills it in. */
  readonly text: string | null;
  readonly retry: Retry;
  /** True where the connection ends: op 8 instead of op 3 (`frame/too-large` says it by close code 1009 alone). */
  readonly fatal: boolean;
  /** HTTP status where the same mistake is made over HTTP. */
  readonly status: number;
}

const row = (text: string | null, retry: Retry, fatal: boolean, status = 400): ErrorRow =>
  Object.freeze({ text, retry, fatal, status });

const unrecoverable = "decode: payload: unrecoverable";

export const errors = Object.freeze({
  // A frame that is none. `frame/malformed` says where in its text.
  "frame/malformed": row(null, "never", true),
  "frame/not-a-map": row(unrecoverable, "never", true),
  "frame/too-deep": row(unrecoverable, "never", true),
  "frame/too-large": row(null, "never", true, 413),
  "frame/unsupported-term": row(unrecoverable, "never", true),
  "frame/wrong-kind": row(null, "never", true),
  "frame/unknown-op": row(null, "never", true),
  "frame/receive-only-op": row(null, "never", true),

  // Becoming a client.
  "identify/required": row("sent payload with non-identify opcode without identifying first", "never", true),
  "identify/invalid": row(unrecoverable, "never", true),
  "identify/metadata": row("initial metadata: invalid", "never", true),
  "identify/repeated": row("already identified", "never", true),
  "identify/duplicate": row(null, "later", true, 409),
  "identify/timeout": row("not identified in time", "reconnect", true, 408),
  "identify/etf-restricted": row("restricted clients may not use etf", "never", true, 403),
  "heartbeat/missed": row("missed heartbeats", "reconnect", true, 408),

  // Dispatches: the connection lives.
  "dispatch/unknown-event": row("invalid dispatch payload", "never", false),
  "dispatch/restricted": row(null, "never", false, 403),
  "dispatch/invalid": row("invalid dispatch payload", "never", false),
  "metadata/invalid": row("invalid metadata", "never", false),
  "metadata/too-large": row("metadata too large", "never", false, 413),
  "query/invalid": row("invalid query", "never", false),
  "query/answer-too-large": row("answer too large", "never", false, 413),
  "route/no-match": row("no_route", "later", false, 404),

  // The server itself.
  "server/internal": row("internal server error", "reconnect", true, 500),
  "server/draining": row("server is draining", "reconnect", true, 503),

  // HTTP alone.
  "http/not-found": row("not found", "never", false, 404),
  "http/unauthorized": row("not authorized", "never", false, 401),
  "http/malformed-body": row("malformed body", "never", false, 400),
  "http/malformed-query": row("malformed query string", "never", false, 400),
  "http/body-too-large": row("body too large", "never", false, 413),
} as const);

/** A stable, machine-readable error code. */
export type ErrorCode = keyof typeof errors;
