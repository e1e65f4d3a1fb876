/** What servers say, read with care: any of it may be missing or of another shape. */
import type { Frame } from "../codec/wire-codec.ts";
import { SingyeongError } from "../errors.ts";

/** What ready grants. */
export interface Admission {
  readonly restricted: boolean;
  /** Extensions that both sides understand. */
  readonly caps: ReadonlySet<string>;
  /** The server's name for itself; `null` where it has none. */
  readonly node: string | null;
  /** The largest frame that the server takes, in bytes; infinite where it does not say. */
  readonly maxFrameBytes: number;
  /** All bounds in force as the server put them, unread. */
  readonly limits?: unknown;
}

/** `d` as a map; an empty one where it is none. */
export function fieldsOf(frame: Frame): Readonly<Record<string, unknown>> {
  return typeof frame.d === "object" && frame.d !== null ? (frame.d as Record<string, unknown>) : {};
}

/** No server is beaten more often than this, in milliseconds. */
const shortestIntervalMs = 100;

/** `null` where hello names none that makes sense. */
export function readHeartbeatInterval(hello: Frame): number | null {
  const { heartbeat_interval: interval } = fieldsOf(hello);
  return typeof interval === "number" && interval >= shortestIntervalMs ? interval : null;
}

export function readAdmission(ready: Frame): Admission {
  const { restricted, caps, node, limits } = fieldsOf(ready);
  const maxFrameBytes = (limits as { max_frame?: unknown } | undefined)?.max_frame;
  return {
    restricted: restricted === true,
    caps: new Set(Array.isArray(caps) ? caps.filter((cap) => typeof cap === "string") : []),
    node: typeof node === "string" ? node : null,
    maxFrameBytes: typeof maxFrameBytes === "number" ? maxFrameBytes : Number.POSITIVE_INFINITY,
    limits,
  };
}

/** An error of the server (op 3 or 8, or a body of the HTTP side). A server without codes gets `server/unknown`. */
export function readFailure(frame: Frame): SingyeongError {
  const { code, error, extra_info: details } = fieldsOf(frame);
  const message = typeof error === "string" ? error : "no reason given";
  if (typeof code !== "string") return new SingyeongError("server/unknown", message, { details });
  const text = code === "route/no-match" ? "no client matches" : describe(message, details);
  return new SingyeongError(code, text, { details });
}

/** What the server says in `extra_info` is the better half of its message: a place and a sentence, or one for each bad key. */
function describe(message: string, details: unknown): string {
  const said = typeof details === "object" && details !== null ? Object.values(details) : [];
  return [message, ...said.filter((each) => typeof each === "string")].join(": ");
}
