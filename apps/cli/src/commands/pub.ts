import { defineCommand } from "../command.ts";
import { misuse } from "../failure.ts";
import { readHeaders } from "../input/headers.ts";
import { isStream, readPayloadArgument, readPayloads } from "../input/payloads.ts";
import { flag, text } from "../options/option.ts";
import { checkPayloads, messageOptions, payloadArgument } from "../send/message-options.ts";
import { checkTopic } from "../topic/check-topic.ts";

export const pubCommand = defineCommand({
  name: "pub",
  group: "messages",
  summary: "publish a message to the groups that subscribed to its topic",
  details: [
    "Each group gets it once: one member of each. Prints the message's id and how many groups there are, once it is on disk for all of them. The payload is as in sg send: JSON, @file, or - for standard input, one message a line; without it, what is piped in is published.",
    "That no group had subscribed is no failure, but for --reply: with it the first answer is waited for, as long as --timeout says, and printed.",
  ],
  arguments: [
    { name: "topic", summary: "segments separated by dots: orders.eu.paid", required: true },
    payloadArgument,
  ],
  options: {
    target: text("expression", "what must hold for the member that gets it, see sg help targets"),
    query: text("json", "the whole query as JSON, or @file, instead of --target", { short: "q" }),
    reply: flag("wait for the first answer, and print it"),
    ...messageOptions,
  },
  examples: [
    { line: `sg pub orders.eu.paid '{"order":17}'`, does: "to every group that asked for it" },
    {
      line: `sg pub render.done '{"job":4}' --target 'region=eu'`,
      does: "where the group has members in Europe, to one of them",
    },
    { line: "sg pub log.app --text - < app.log", does: "a message per line" },
    { line: "sg pub health.check null --reply --timeout 2s", does: "and see who answers first" },
  ],
  async run(session, [topic, argument], { target, query, reply, ...options }) {
    const { system, out } = session;
    checkTopic(topic!, "topic");
    if (argument === undefined && system.stdin.isTTY === true)
      throw misuse("the payload is missing", `Give it as JSON, as @file, or pipe it in: sg pub ${topic} '{"hi":1}'`);
    const source = readPayloadArgument(argument ?? "-");
    const form = { text: options.text, whole: options.whole };
    const read = readPayloads(source, form, system.stdin);
    const payloads = source.type === "argument" ? await checkPayloads(read) : read;
    const publish = { target: await readMembers(target, query), headers: readHeaders(options.header) };
    if (options.dryRun) {
      for await (const payload of payloads) {
        if ("failure" in payload) throw payload.failure;
        out.record({ topic, payload: payload.value, ...publish });
      }
      return "ok";
    }
    const { publishAll } = await import("../topic/publish-all.ts");
    const streams = isStream(source, form);
    const needed = argument === undefined;
    return publishAll(session, { ...options, topic: topic!, publish, reply, payloads, streams, needed });
  },
});

/** The query that --target or --query stands for; `undefined` where any member will do. */
async function readMembers(expression: string | undefined, query: string | undefined) {
  if (expression === undefined && query === undefined) return undefined;
  if (expression !== undefined && query !== undefined) throw misuse("--target and --query are two queries; give one");
  const { readTarget } = await import("../target/target.ts");
  return expression === undefined ? readTarget([], { query }) : readTarget(["*", expression], {});
}
