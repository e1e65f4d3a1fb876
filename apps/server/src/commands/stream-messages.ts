/** What the ends of a stream send: messages, credit, aborts. */
import { maxCredit } from "@singyeong/protocol";
import type { Frame, Raw } from "@singyeong/protocol/codec";
import type { Client } from "../registry/client.ts";
import { streamCap } from "../stream/streams.ts";
import type { Command, Outcome, Services } from "./command.ts";
import { readRawText, refuseField } from "./fields.ts";
import { readNumber, readRawHeaders, readTruth } from "./stream-fields.ts";

function createStreamCommand(
  event: string,
  act: (services: Services, sender: Client, id: number, frame: Frame) => Outcome,
): Command {
  return {
    event,
    cap: streamCap,
    allowRestricted: true,
    hasNonce: false,
    run(services, sender, frame) {
      const id = readNumber(sender.codec, frame, "id");
      if (id === undefined || Number.isNaN(id)) return refuseField("id", "id is the number of a stream");
      return act(services, sender, id, frame);
    },
  };
}

/** `DATA`: a message of a stream, or its end, or both. */
export const streamData = createStreamCommand("DATA", ({ streams }, sender, id, frame) => {
  const { codec } = sender;
  const end = readTruth(codec, frame, "end", false);
  if (end === null) return refuseField("end", "end is true or false");
  const headers = readRawHeaders(codec, frame);
  if (headers === null) return refuseField("headers", "headers map text to text");
  streams.send(sender, id, { codec, payload: frame.field("payload"), headers, end }, frame.size);
  return null;
});

/** `CREDIT`: more messages may be sent to its sender. */
export const streamCredit = createStreamCommand("CREDIT", ({ streams }, sender, id, frame) => {
  const n = readNumber(sender.codec, frame, "n");
  if (n === undefined || !(n >= 1 && n <= maxCredit))
    return refuseField("n", `n is a whole number from 1 to ${maxCredit}`);
  streams.credit(sender, id, n);
  return null;
});

/** `ABORT`: the end of a stream, for both. */
export const streamAbort = createStreamCommand("ABORT", ({ streams }, sender, id, frame) => {
  const { codec } = sender;
  const code = readRawText(codec, frame, "code");
  if (code === null) return refuseField("code", "code is text of 1 to 256 bytes");
  const message = readMessage(sender, frame);
  if (message === null) return refuseField("message", "message is text");
  const delivered = readTruth(codec, frame, "delivered", true);
  if (delivered === null) return refuseField("delivered", "delivered is true or false");
  streams.abort(sender, id, { codec, code, message, data: frame.field("data"), delivered });
  return null;
});

/** The message of an abort, the empty one where it is missing; `null` where it is no text. */
function readMessage({ codec }: Client, frame: Frame): Raw | null {
  const raw = frame.field("message");
  const value = raw === undefined ? null : codec.decode(raw);
  if (value === null) return codec.encode("");
  return typeof value === "string" ? raw! : null;
}
