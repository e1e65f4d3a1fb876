/** Tells an end of a stream what befell, wherever it is: at a client, by a frame, or inside the server. */
import { type ErrorCode, errors, type Value } from "@singyeong/protocol";
import type { End } from "./end.ts";
import { encodeAbort, encodeCredit, encodeData, encodeOwnAbort } from "./frames.ts";
import type { Abortion, StreamMessage } from "./streams.ts";

/** False where the client's connection does not take it. */
export function tellData(to: End, message: StreamMessage, ts: number): boolean {
  if (to.sink === null) return to.client.outbox.send(encodeData(to, message, ts));
  to.sink.message(message);
  return true;
}

export function tellCredit(to: End, n: number, ts: number): void {
  if (to.sink === null) to.client.outbox.send(encodeCredit(to, n, ts));
  else to.sink.room();
}

/** What the other end has said. */
export function tellAbort(to: End, abortion: Abortion, ts: number): void {
  if (to.sink === null) return void to.client.outbox.send(encodeAbort(to, abortion, ts));
  const { codec, code, message, data, delivered } = abortion;
  to.sink.aborted({
    code: String(codec.decode(code)),
    message: String(codec.decode(message)),
    delivered,
    data: data === undefined ? null : codec.decode(data),
  });
}

/** What the server has decided. */
export function tellOwnAbort(to: End, code: ErrorCode, delivered: boolean, data: Value, ts: number): void {
  const { sink, client, id } = to;
  if (sink === null) client.outbox.send(encodeOwnAbort(client.codec, id, code, delivered, data, ts));
  else sink.aborted({ code, message: errors[code].text ?? code, delivered, data });
}
