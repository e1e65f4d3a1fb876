/** The frames of streams, as their receivers get them. */
import { type ErrorCode, errors, Op, type Value } from "@singyeong/protocol";
import { type Codec, type Raw, transcode } from "@singyeong/protocol/codec";
import type { End } from "./end.ts";
import type { Abortion, CallContent, StreamMessage } from "./streams.ts";

const callKeys = ["id", "method", "from", "via", "end", "credit", "deadline_ms", "codec", "headers", "payload"];
const dataKeys = ["id", "end", "headers", "payload"];
const creditKeys = ["id", "n"];
const abortKeys = ["id", "code", "message", "delivered", "data"];

function carry(raw: Raw | undefined, from: Codec, to: Codec): Raw | undefined {
  return raw && transcode(raw, from, to);
}

/** What a callee is told beside what the caller said. */
export interface CallContext {
  /** Who calls, raw in the callee's codec. */
  readonly from: Raw;
  /** The number by which the callee knows the stream that it is called back by. */
  readonly via: number | undefined;
  /** What is left of the deadline. */
  readonly deadlineMs: number | undefined;
}

export function encodeCall(to: End, call: CallContent, { from, via, deadlineMs }: CallContext, ts: number): Raw {
  const { codec } = call;
  const mine = to.client.codec;
  const values = [
    to.id,
    carry(call.method, codec, mine),
    from,
    via,
    call.end,
    call.credit,
    deadlineMs,
    carry(call.payloadCodec, codec, mine),
    carry(call.headers, codec, mine),
    carry(call.payload, codec, mine),
  ];
  return mine.encodeEvent("CALL", callKeys, values, ts);
}

export function encodeData(to: End, { codec, payload, headers, end }: StreamMessage, ts: number): Raw {
  const mine = to.client.codec;
  const values = [to.id, end ? true : undefined, carry(headers, codec, mine), carry(payload, codec, mine)];
  return mine.encodeEvent("DATA", dataKeys, values, ts);
}

export function encodeCredit(to: End, n: number, ts: number): Raw {
  return to.client.codec.encodeEvent("CREDIT", creditKeys, [to.id, n], ts);
}

export function encodeAbort(to: End, { codec, code, message, data, delivered }: Abortion, ts: number): Raw {
  const mine = to.client.codec;
  const values = [to.id, carry(code, codec, mine), carry(message, codec, mine), delivered, carry(data, codec, mine)];
  return mine.encodeEvent("ABORT", abortKeys, values, ts);
}

/** An abort of the server's own; `data` of null is left out. */
export function encodeOwnAbort(
  codec: Codec,
  id: number,
  code: ErrorCode,
  delivered: boolean,
  data: Value,
  ts: number,
): Raw {
  const body = { id, code, message: errors[code].text ?? code, delivered };
  return codec.encodeFrame(Op.dispatch, data === null ? body : { ...body, data }, ts, "ABORT");
}
