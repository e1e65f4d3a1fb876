import type { Value } from "@singyeong/protocol";
import type { Session } from "./session.ts";

/** Sends a frame of the server's own. */
export function sendFrame(session: Session, op: number, d: Value, ts: number, t: string | null = null): void {
  session.outbox.send(session.codec.encodeFrame(op, d, ts, t));
}
