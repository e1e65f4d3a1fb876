import { Op, type Value } from "@singyeong/protocol";
import type { Session } from "./session.ts";

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
