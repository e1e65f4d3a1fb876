import type { Encoding } from "../codecs/index.ts";
import type { Message } from "./transcript.ts";

/** `code` by `error`, as protocol.md adds it to the original's answers. */
const codes: readonly (readonly [RegExp, string])[] = [
  [/^no_route$/, "route/no-match"],
  [/^invalid metadata$/, "metadata/invalid"],
  [/^initial metadata: invalid$/, "identify/metadata"],
  [/^invalid dispatch payload$/, "dispatch/unknown-event"],
  [/^invalid dispatch type /, "dispatch/restricted"],
  [/: already registered for app /, "identify/duplicate"],
  [/^sent payload with non-identify opcode/, "identify/required"],
  [/^invalid client op nil$/, "frame/unknown-op"],
  [/^invalid client op :/, "frame/receive-only-op"],
  [/^unexpected end of input at position /, "frame/malformed"],
  [/^decode: payload: invalid websocket opcode/, "frame/wrong-kind"],
];

interface Sent {
  readonly op: number;
  readonly t?: string | null;
  readonly d?: unknown;
}

/** What a captured frame means here: the rules that hold for every scenario. */
export function expectedFrame(captured: Exclude<Message, string>, encoding: Encoding, id: string, sent?: Sent): object {
  const d = relabel(captured.d, encoding);
  return { op: captured.op, t: captured.t ?? null, ts: 0, d: amendBody(captured, d as Body, id, sent) };
}

type Body = Readonly<Record<string, unknown>>;

function amendBody(captured: Sent, d: Body, id: string, sent?: Sent): Body {
  if (captured.op === 3 || captured.op === 8) return amendFailure(captured.op, d, sent);
  // `CLIENT_CONNECTED`, `CLIENT_DISCONNECTED`: the payload is `{app, client_id}`.
  if (captured.t?.startsWith("CLIENT_")) return { ...d, payload: { ...(d.payload as object), client_id: id } };
  return d;
}

/** `{error, extra_info, code}`; op 3 "carries the frame's `nonce`", `no_route` "the frame that was sent". */
function amendFailure(op: number, d: Body, sent?: Sent): Body {
  const error = d.error as string;
  const code = d.code ?? codes.find(([pattern]) => pattern.test(error))?.[1];
  const body = typeof sent?.d === "object" ? (sent.d as Body | null) : null;
  const extraInfo = error === "no_route" ? { op: 4, t: sent?.t, ts: null, d: sent?.d } : (d.extra_info ?? null);
  const nonce = op === 3 && body !== null && "nonce" in body ? { nonce: body.nonce } : {};
  return { error, code, extra_info: extraInfo, ...nonce };
}

/** What differs from run to run, evened out. */
export function normalize(value: unknown): unknown {
  return walk(value, (key, inner) => (key === "last_heartbeat_time" && Number.isInteger(inner) ? 0 : inner));
}

/** Metadata names the encoding that a client speaks; the transcripts were captured with JSON. */
export function relabel(value: unknown, encoding: Encoding): unknown {
  const rename = (key: string, inner: unknown): unknown => (key === "encoding" && inner === "json" ? encoding : inner);
  return normalize(walk(value, rename));
}

function walk(value: unknown, visit: (key: string, inner: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((inner) => walk(inner, visit));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, visit(key, walk(inner, visit))]));
}
