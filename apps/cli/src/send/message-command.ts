import { Readable } from "node:stream";
import { type Command, defineCommand } from "../command.ts";
import { readHeaders } from "../input/headers.ts";
import { isStream, type Payload, type PayloadProblem, readPayloads } from "../input/payloads.ts";
import { count, flag, list, text } from "../options/option.ts";
import type { Output } from "../output/output.ts";
import { routeOptions, targetArguments } from "../target/target-options.ts";

const messageArguments = [
  ...targetArguments,
  { name: "payload", summary: "JSON; @file, or - for standard input: a message per line" },
] as const;

const messageOptions = {
  ...routeOptions,
  text: flag("payloads are plain text, and no JSON"),
  whole: flag("a file or standard input is one message as a whole"),
  header: list("name: value", "delivered beside the payload", { short: "H" }),
  keepGoing: flag("after a message that failed, go on with the others"),
  inFlight: count(256, [1, 10_000], "messages under way at a time"),
  dryRun: flag("print what would be sent, and send nothing"),
  app: text("app", "the application to connect as; default that of the DSN, else sg"),
  id: text("id", "the id to connect as; default a random one"),
};

type Payloads = AsyncIterable<Payload | PayloadProblem>;

/** What `send` and `broadcast` share. */
export function createMessageCommand(
  event: "SEND" | "BROADCAST",
  about: Pick<Command, "name" | "summary" | "details" | "examples">,
): Command {
  return defineCommand({
    ...about,
    group: "messages",
    arguments: messageArguments,
    options:
      event === "SEND" ? { ...messageOptions, reply: flag("wait for the answer, and print it") } : messageOptions,
    async run(session, args, options) {
      const { readMessageArguments } = await import("./message-arguments.ts");
      const { target, source, implied } = readMessageArguments(args, options, session.system.stdin);
      const form = { text: options.text, whole: options.whole };
      const payloads = readPayloads(source, form, session.system.stdin);
      if (options.dryRun) return dryRun(session.out, event, target, payloads);
      // What is wrong with a single payload is told before anybody is bothered.
      const checked = source.type === "argument" ? await checkPayloads(payloads) : payloads;
      const { deliver } = await import("./deliver.ts");
      const streams = isStream(source, form);
      return deliver(session, {
        ...options,
        event,
        target,
        payloads: checked,
        streams,
        needed: implied,
        headers: readHeaders(options.header),
      });
    },
  });
}

/** Reads all payloads. @throws Failure `cli/misuse` for the first that is none */
async function checkPayloads(payloads: Payloads): Promise<AsyncIterable<Payload>> {
  const read: Payload[] = [];
  for await (const payload of payloads) {
    if ("failure" in payload) throw payload.failure;
    read.push(payload);
  }
  return Readable.from(read);
}

async function dryRun(out: Output, event: string, target: unknown, payloads: Payloads): Promise<"ok"> {
  for await (const payload of payloads) {
    if ("failure" in payload) throw payload.failure;
    out.record({ event, target, payload: payload.value });
  }
  return "ok";
}
