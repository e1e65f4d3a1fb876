import { SingyeongError } from "@singyeong/client";

/** One thing that a server did with what it follows, as `GET /api/v1/trace/<id>` lists it. */
export interface Hop {
  readonly name: string;
  /** `event` for a moment within a span. */
  readonly kind: string;
  readonly spanId: string;
  readonly parentId: string | null;
  /** Milliseconds since the epoch, with a fraction. */
  readonly atMs: number;
  /** `null` while it goes on. */
  readonly durationMs: number | null;
  readonly client: { readonly app: string; readonly id: string } | null;
  /** Why it failed; `null` where it did not. */
  readonly code: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What was seen of a trace. */
export interface Trace {
  readonly hops: readonly Hop[];
  /** Hops that the server did not keep. */
  readonly dropped: number;
}

/** @throws SingyeongError `client/protocol` for what is no trace */
export function readTrace(answer: unknown): Trace {
  const { hops, dropped } = fieldsOf(answer);
  if (!Array.isArray(hops)) throw unexpected();
  return { hops: hops.map(readHop), dropped: typeof dropped === "number" ? dropped : 0 };
}

function readHop(answer: unknown): Hop {
  const { name, kind, span_id, parent_id, at_ms, duration_ms, client, code, detail } = fieldsOf(answer);
  if (typeof name !== "string" || typeof at_ms !== "number") throw unexpected();
  const { app_id, client_id } = fieldsOf(client);
  return {
    name,
    kind: typeof kind === "string" ? kind : "internal",
    spanId: typeof span_id === "string" ? span_id : "",
    parentId: typeof parent_id === "string" ? parent_id : null,
    atMs: at_ms,
    durationMs: typeof duration_ms === "number" ? duration_ms : null,
    client: typeof app_id === "string" && typeof client_id === "string" ? { app: app_id, id: client_id } : null,
    code: typeof code === "string" ? code : null,
    detail: fieldsOf(detail),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function unexpected(): SingyeongError {
  return new SingyeongError("client/protocol", "expected a trace from the server, got something else");
}
