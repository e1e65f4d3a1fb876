import { type Command, defineCommand } from "../command.ts";
import { readHeaders } from "../input/headers.ts";
import { isStream, readPayloads } from "../input/payloads.ts";
import { flag, text } from "../options/option.ts";
import type { Output } from "../output/output.ts";
import { routeOptions, targetArguments } from "../target/target-options.ts";
import { checkPayloads, messageOptions, type Payloads, payloadArgument } from "./message-options.ts";

const sendOptions = {
  ...routeOptions,
  ...messageOptions,
  id: text("id", "the id to connect as; default a random one"),
};

/** What `send` and `broadcast` share. */
export function createMessageCommand(
  event: "SEND" | "BROADCAST",
  about: Pick<Command, "name" | "summary" | "details" | "examples">,
): Command {
  return defineCommand({
    ...about,
    group: "messages",
    arguments: [...targetArguments, payloadArgument],
    options: event === "SEND" ? { ...sendOptions, reply: flag("wait for the answer, and print it") } : sendOptions,
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

async function dryRun(out: Output, event: string, target: unknown, payloads: Payloads): Promise<"ok"> {
  for await (const payload of payloads) {
    if ("failure" in payload) throw payload.failure;
    out.record({ event, target, payload: payload.value });
  }
  return "ok";
}
