import { defaultCredit, maxCredit, maxPayloadCodecBytes, maxQueueMs, maxWaitMs } from "@singyeong/protocol";
import type { Codec, Frame, Raw } from "@singyeong/protocol/codec";
import type { Client } from "../registry/client.ts";
import { type Call, streamCap } from "../stream/streams.ts";
import { type Command, type Refusal, refuse } from "./command.ts";
import { readRawText, refuseField } from "./fields.ts";
import { type FieldFault, readNumber, readRawHeaders, readTruth } from "./stream-fields.ts";

/** `CALL`: opens a stream with one client of the matching set, or with the other end of another stream. */
export const streamCall: Command = {
  event: "CALL",
  cap: streamCap,
  allowRestricted: true,
  hasNonce: false,
  run({ streams }, caller, frame) {
    const { codec } = caller;
    const id = readNumber(codec, frame, "id");
    if (id === undefined || !(id >= 0)) {
      return refuseField("id", "id is a whole number, 0 or more");
    }
    const call = readCall(codec, frame);
    if ("at" in call) {
      const data = { at: call.at, message: call.message };
      return streams.refuse(caller, id, "dispatch/invalid", data) ? null : inUse(id);
    }
    if (caller.restricted && "target" in call.to) return refuseRestricted(caller);
    return streams.open(caller, id, call) ? null : inUse(id);
  },
};

function inUse(id: number): Refusal {
  return refuse("stream/id-in-use", { id });
}

function refuseRestricted({ id }: Client): Refusal {
  const text = `${id}: restricted clients call back by via alone`;
  return { kind: "refusal", code: "dispatch/restricted", extraInfo: null, text };
}

function readCall(codec: Codec, frame: Frame): Call | FieldFault {
  const method = readRawText(codec, frame, "method");
  if (method === null) return fault("method", "method is text of 1 to 256 bytes");
  const to = readReceiver(codec, frame);
  if ("at" in to) return to;
  const end = readTruth(codec, frame, "end", false);
  if (end === null) return fault("end", "end is true or false");
  const headers = readRawHeaders(codec, frame);
  if (headers === null) return fault("headers", "headers map text to text");
  const payloadCodec = readPayloadCodec(codec, frame);
  if (payloadCodec === null) return fault("codec", `codec is text of at most ${maxPayloadCodecBytes} bytes`);
  const credit = readBetween(codec, frame, "credit", 0, maxCredit, defaultCredit);
  if (credit === null) return fault("credit", `credit is a whole number from 0 to ${maxCredit}`);
  const deadlineMs = readBetween(codec, frame, "deadline_ms", 1, maxQueueMs, 0);
  if (deadlineMs === null) return fault("deadline_ms", `deadline_ms is a whole number from 1 to ${maxQueueMs}`);
  const waitMs = readBetween(codec, frame, "wait_ms", 0, maxWaitMs, 0);
  if (waitMs === null) return fault("wait_ms", `wait_ms is a whole number from 0 to ${maxWaitMs}`);
  return { codec, to, method, payload: frame.field("payload"), end, headers, payloadCodec, credit, deadlineMs, waitMs };
}

function fault(field: string, message: string): FieldFault {
  return { at: `/d/${field}`, message };
}

function readReceiver(codec: Codec, frame: Frame): Call["to"] | FieldFault {
  const via = readNumber(codec, frame, "via");
  const target = frame.field("target");
  const isMissing = target === undefined || isNull(codec, target);
  if (via === undefined) return isMissing ? fault("target", "a call has a target, or via") : { target };
  if (!isMissing) return fault("via", "a call has a target or via, not both");
  return Number.isNaN(via) ? fault("via", "via is the number of a stream") : { via };
}

function isNull(codec: Codec, raw: Raw): boolean {
  return typeof raw === "string" ? raw === "null" : raw.length < 8 && codec.decode(raw) === null;
}

function readPayloadCodec(codec: Codec, frame: Frame): Raw | undefined | null {
  const raw = frame.field("codec");
  if (raw === undefined) return undefined;
  const name = codec.decode(raw);
  if (name === null) return undefined;
  return typeof name === "string" && Buffer.byteLength(name) <= maxPayloadCodecBytes ? raw : null;
}

/** A whole number between two bounds; `usual` where it is missing, `null` where it is anything else. */
function readBetween(
  codec: Codec,
  frame: Frame,
  field: string,
  least: number,
  most: number,
  usual: number,
): number | null {
  const value = readNumber(codec, frame, field);
  if (value === undefined) return usual;
  return value >= least && value <= most ? value : null;
}
