import { type ErrorCode, errors, Op, type Value } from "@singyeong/protocol";
import type { Session } from "./session.ts";

/** The body of ops 3 and 8. `text` fills in v1's `error` where the table leaves it open. */
export function failure(code: ErrorCode, extraInfo: Value, text?: string): { readonly [key: string]: Value } {
  return { error: errors[code].text ?? text ?? code, extra_info: extraInfo, code };
}

/** Sends a frame of the server's own. */
export function sendFrame(session: Session, op: number, d: Value, ts: number, t: string | null = null): void {
  session.outbox.send(session.codec.encodeFrame(op, d, ts, t));
}

/** Answers a mistake that leaves the connection open (op 3), with the nonce of the frame where it had one. */
export function sendInvalid(
  session: Session,
  body: { readonly [key: string]: Value },
  ts: number,
  nonce?: Value,
): void {
  sendFrame(session, Op.invalid, nonce === undefined ? body : { ...body, nonce }, ts);
}
