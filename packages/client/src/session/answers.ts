/** What servers say, read with care: any of it may be missing or of another shape. */
import type { Frame } from "../codec/wire-codec.ts";
import { SingyeongError } from "../errors.ts";

/** What ready says of the session that was had before, and of the one that is had now ([RS-1], [RS-3], [RS-4]). */
export interface SessionGrant {
  readonly id: string;
  /** Whether it is the one that was asked for. */
  readonly resumed: boolean;
  /** How many dispatches the server has got of it, where it is. */
  readonly received: unknown;
  /** How long it outlives a connection, in milliseconds. */
  readonly graceMs: number;
}

/** What ready grants. */
export interface Admission {
  readonly restricted: boolean;
  /** Extensions that both sides understand. */
  readonly caps: ReadonlySet<string>;
  /** The server's name for itself; `null` where it has none. */
  readonly node: string | null;
  /** The largest frame that the server takes, in bytes; infinite where it does not say. */
  readonly maxFrameBytes: number;
  /** Absent where there is none that could be resumed. */
  readonly session?: SessionGrant | undefined;
  /** How many frames are lost of the one that was asked for; absent where none are, or nobody knows. */
  readonly missed?: number | undefined;
  /** How long the token that was shown lasts, in milliseconds, unread; for clients with the extension `auth`. */
  readonly expiresMs?: unknown;
  /** All bounds in force as the server put them, unread. */
  readonly limits?: unknown;
}

/** `d` as a map; an empty one where it is none. */
export function fieldsOf(frame: Frame): Readonly<Record<string, unknown>> {
  return typeof frame.d === "object" && frame.d !== null ? (frame.d as Record<string, unknown>) : {};
}

/** No server is beaten more often than this, in milliseconds. */
const shortestIntervalMs = 100;

/** How long a session outlives its connection where the server does not say, in milliseconds. */
const usualGraceMs = 30_000;

/** `null` where hello names none that makes sense. */
export function readHeartbeatInterval(hello: Frame): number | null {
  const { heartbeat_interval: interval } = fieldsOf(hello);
  return typeof interval === "number" && interval >= shortestIntervalMs ? interval : null;
}

export function readAdmission(ready: Frame): Admission {
  const { restricted, caps, node, limits, session, resumed, received, missed, expires_ms: expiresMs } = fieldsOf(ready);
  const { max_frame: maxFrameBytes, resume_ms: graceMs } = (limits ?? {}) as {
    max_frame?: unknown;
    resume_ms?: unknown;
  };
  return {
    restricted: restricted === true,
    caps: new Set(Array.isArray(caps) ? caps.filter((cap) => typeof cap === "string") : []),
    node: typeof node === "string" ? node : null,
    maxFrameBytes: numberOr(maxFrameBytes, Number.POSITIVE_INFINITY),
    session:
      typeof session === "string"
        ? {
            id: session,
            resumed: resumed === true,
            received,
            graceMs: numberOr(graceMs, usualGraceMs),
          }
        : undefined,
    missed: numberOr(missed, undefined),
    expiresMs,
    limits,
  };
}

/** Nobody is made to wait longer, in milliseconds. */
const longestRetryMs = 3_600_000;

/** How long to wait by what a server says of an error, in milliseconds; 0 where it says nothing. */
export function readRetryAfterMs(details: unknown): number {
  const { retry_after_ms: said } = Object(details) as { readonly retry_after_ms?: unknown };
  return Math.min(Number(said) || 0, longestRetryMs);
}

function numberOr<T>(said: unknown, otherwise: T): number | T {
  return typeof said === "number" ? said : otherwise;
}

/** An error of the server (op 3 or 8, or a body of the HTTP side). A server without codes gets `server/unknown`. */
export function readFailure(frame: Frame): SingyeongError {
  const { code, error, extra_info: details } = fieldsOf(frame);
  const message = typeof error === "string" ? error : "no reason given";
  if (typeof code !== "string") return new SingyeongError("server/unknown", message, { details });
  const text =
    code === "route/no-match"
      ? "no client matches"
      : describeFailure(code === "auth/failed" ? "the token was refused" : message, details);
  return new SingyeongError(code, text, { details });
}

/** What the server says in `extra_info` is the better half of its message: a place and a sentence, or one for each bad key. */
export function describeFailure(message: string, details: unknown): string {
  const said = typeof details === "object" && details !== null ? Object.values(details) : [];
  return [message, ...said.filter((each) => typeof each === "string")].join(": ");
}
