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

/** `text`, `retry`, `fatal` and `status` of a row, in this order. */
type RowParts = readonly [text: string | null, retry: Retry, fatal: boolean, status?: number];

const unrecoverable = "decode: payload: unrecoverable";

const rows = {
  // A frame that is none. `frame/malformed` says where in its text.
  "frame/malformed": [null, "never", true],
  "frame/not-a-map": [unrecoverable, "never", true],
  "frame/too-deep": [unrecoverable, "never", true],
  "frame/too-large": [null, "never", true, 413],
  "frame/unsupported-term": [unrecoverable, "never", true],
  "frame/wrong-kind": [null, "never", true],
  "frame/unknown-op": [null, "never", true],
  "frame/receive-only-op": [null, "never", true],

  // Becoming a client.
  "identify/required": ["sent payload with non-identify opcode without identifying first", "never", true],
  "identify/invalid": [unrecoverable, "never", true],
  "identify/metadata": ["initial metadata: invalid", "never", true],
  "identify/repeated": ["already identified", "never", true],
  "identify/duplicate": [null, "later", true, 409],
  "identify/timeout": ["not identified in time", "reconnect", true, 408],
  "identify/etf-restricted": ["restricted clients may not use etf", "never", true, 403],
  "heartbeat/missed": ["missed heartbeats", "reconnect", true, 408],

  // Dispatches: the connection lives.
  "dispatch/unknown-event": ["invalid dispatch payload", "never", false],
  "dispatch/restricted": [null, "never", false, 403],
  "dispatch/invalid": ["invalid dispatch payload", "never", false],
  "metadata/invalid": ["invalid metadata", "never", false],
  "metadata/too-large": ["metadata too large", "never", false, 413],
  "query/invalid": ["invalid query", "never", false],
  "query/answer-too-large": ["answer too large", "never", false, 413],
  "route/no-match": ["no_route", "later", false, 404],

  // Queues (docs/protocol/queue.md): nothing was stored or changed.
  "queue/full": ["queue full", "later", false, 507],
  "queue/too-many-queues": ["too many queues", "later", false, 507],
  "queue/too-many-targets": ["too many targets", "later", false, 507],
  "queue/too-many-ids": ["too many ids", "later", false, 507],
  "queue/too-many-requests": ["too many requests", "later", false, 429],
  "queue/unavailable": ["queue unavailable", "later", false, 503],
  "queue/not-leased": ["not leased", "never", false, 409],
  "queue/not-found": ["no such queue or message", "never", false, 404],

  // Streams (docs/protocol/stream.md): `stream/id-in-use` is a refusal, the others are why a stream was aborted.
  "stream/id-in-use": ["stream id in use", "never", false, 409],
  "stream/too-many": ["too many streams", "later", false, 429],
  "stream/rejected": ["call rejected", "later", false, 503],
  "stream/failed": ["call failed", "never", false, 500],
  "stream/peer-lost": ["callee lost", "later", false, 502],
  "stream/cancelled": ["call cancelled", "never", false, 499],
  "stream/deadline": ["deadline passed", "never", false, 504],
  "stream/overrun": ["more sent than credit allows", "never", false, 429],

  // Topics (docs/protocol/topic.md).
  "topic/too-many": ["too many subscriptions or answers awaited", "later", false, 429],

  // Who may what (docs/protocol/auth.md).
  "auth/failed": [null, "never", true, 401],
  "auth/throttled": ["too many attempts", "reconnect", true, 429],
  "auth/expired": ["token expired", "reconnect", true, 401],
  "auth/forbidden": ["forbidden", "never", false, 403],

  // Limits (docs/limits.md): what went over one was not done.
  "limit/rate": ["rate limit exceeded", "later", false, 429],
  "limit/flood": ["rate limit ignored", "reconnect", true, 429],
  "limit/in-flight": ["too many frames under way", "reconnect", true, 429],
  "limit/connections": ["too many connections", "reconnect", true, 503],
  "limit/slow-consumer": ["frames dropped", "later", false],

  // The HTTP proxy (docs/protocol/proxy.md).
  "proxy/invalid": [null, "never", false],
  "proxy/forbidden": ["target not allowed", "never", false, 403],
  "proxy/unreachable": [null, "later", false, 502],
  "proxy/circuit-open": ["target failed too often", "later", false, 503],
  "proxy/timeout": ["target took too long", "later", false, 504],
  "proxy/bad-response": [null, "later", false, 502],
  "proxy/response-too-large": ["response too large", "never", false, 502],
  "proxy/too-many-redirects": ["too many redirects", "never", false, 502],
  "proxy/overloaded": ["too many requests under way", "later", false, 503],

  // Plugins.
  "plugin/failed": [null, "never", false, 500],

  "trace/too-many": ["too many traces", "later", false, 429],
  "backup/taken": ["backup name taken", "never", false, 409],
  "backup/unsupported": ["nothing to back up", "never", false, 501],

  // The server itself.
  "server/internal": ["internal server error", "reconnect", true, 500],
  "server/draining": ["server is draining", "reconnect", true, 503],

  // HTTP alone.
  "http/not-found": ["not found", "never", false, 404],
  "http/unauthorized": ["not authorized", "never", false, 401],
  "http/malformed-body": ["malformed body", "never", false, 400],
  "http/malformed-query": ["malformed query string", "never", false, 400],
  "http/body-too-large": ["body too large", "never", false, 413],
} as const satisfies Readonly<Record<string, RowParts>>;

/** The table itself, by code. */
export const errors: { readonly [code in keyof typeof rows]: ErrorRow } = /* @__PURE__ */ createTable();

function createTable(): { readonly [code in keyof typeof rows]: ErrorRow } {
  const entries = Object.entries<RowParts>(rows).map(([code, [text, retry, fatal, status = 400]]) => [
    code,
    Object.freeze({ text, retry, fatal, status }),
  ]);
  return Object.freeze(Object.fromEntries(entries));
}

/** A stable, machine-readable error code. */
export type ErrorCode = keyof typeof errors;
