import { Readable } from "node:stream";
import type { Argument } from "../command.ts";
import type { Payload, PayloadProblem } from "../input/payloads.ts";
import { count, flag, list, text } from "../options/option.ts";

/** The argument behind the target. */
export const payloadArgument = {
  name: "payload",
  summary: "JSON; @file, or - for standard input: a message per line",
} as const satisfies Argument;

/** Options of whatever takes payloads and sends them. */
export const messageOptions = {
  text: flag("payloads are plain text, and no JSON"),
  whole: flag("a file or standard input is one message as a whole"),
  header: list("name: value", "delivered beside the payload", { short: "H" }),
  keepGoing: flag("after a message that failed, go on with the others"),
  inFlight: count(256, [1, 10_000], "messages under way at a time"),
  dryRun: flag("print what would be sent, and send nothing"),
  app: text("app", "the application to connect as; default that of the DSN, else sg"),
};

export type Payloads = AsyncIterable<Payload | PayloadProblem>;

/** Reads all payloads. @throws Failure `cli/misuse` for the first that is none */
export async function checkPayloads(payloads: Payloads): Promise<AsyncIterable<Payload>> {
  const read: Payload[] = [];
  for await (const payload of payloads) {
    if ("failure" in payload) throw payload.failure;
    read.push(payload);
  }
  return Readable.from(read);
}
