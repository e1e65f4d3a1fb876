import { defaultPriority, maxAttemptsLimit, maxPriority, maxQueueMs } from "@singyeong/protocol";
import { defineCommand } from "../command.ts";
import { misuse } from "../failure.ts";
import { readHeaders } from "../input/headers.ts";
import { isStream, readPayloads } from "../input/payloads.ts";
import { dayMs } from "../options/duration.ts";
import { count, duration, text } from "../options/option.ts";
import { queueArgument } from "../queue/queue-argument.ts";
import { checkPayloads, messageOptions, payloadArgument } from "../send/message-options.ts";
import { keyOption, targetArguments, targetOptions } from "../target/target-options.ts";

/** Clients in restricted mode cannot ask for messages, so nobody need allow for them. */
const { restricted: _, ...pushTargetOptions } = targetOptions;

/** Delays and times to live that servers take, in days. */
const longestDays = maxQueueMs / dayMs;

export const queuePush = defineCommand({
  name: "push",
  group: "messages",
  summary: "put messages into a queue",
  details: [
    "The target says who may take a message, now or later: nobody need be there yet. The last argument is the payload, as in sg send: JSON, @file, or - for standard input, one message a line. Prints the id of each message once it is on disk, in their order.",
    "With --id, pushes of the same id within two minutes (or what the server is told) are one message, so a push whose answer got lost may be repeated. With --key, the same key goes to the same client among those that ask.",
  ],
  arguments: [queueArgument, ...targetArguments, payloadArgument],
  options: {
    ...pushTargetOptions,
    key: keyOption,
    id: text("id", "what this message is known by, of your choice"),
    delay: duration(undefined, "keep it back for so long: 30s, 2h, 7d", { days: longestDays }),
    ttl: duration(undefined, "it is dead where nobody has taken it by then", { days: longestDays }),
    priority: count(undefined, [0, maxPriority], `${maxPriority} goes first; default ${defaultPriority}`),
    maxAttempts: count(
      undefined,
      [1, maxAttemptsLimit],
      "how often it is given out before it is dead; default the server's",
    ),
    ...messageOptions,
  },
  examples: [
    { line: `sg queue push jobs worker '{"resize":17}'`, does: "for any client of worker" },
    { line: `sg queue push jobs worker 'gpu=true && memory>=8' '{"render":4}'`, does: "for one that can do it" },
    { line: "sg queue push mail mailer @mails.ndjson --delay 1h", does: "a message per line of a file, in an hour" },
    {
      line: `sg queue push jobs worker --id order-17 '{"order":17}'`,
      does: "once, also where it is run again within two minutes",
    },
  ],
  async run(session, [queue, ...args], { id, delay, ttl, priority, maxAttempts, ...options }) {
    const { system, out } = session;
    const { readMessageArguments } = await import("../send/message-arguments.ts");
    const example = `sg queue push ${queue} worker '{"hi":1}'`;
    const targeted = { ...options, restricted: false };
    const { target, source, implied } = readMessageArguments(args, targeted, system.stdin, example);
    const form = { text: options.text, whole: options.whole };
    const streams = isStream(source, form);
    if (id !== undefined && streams)
      throw misuse(
        "--id is of one message, and a file or standard input may hold many",
        "--whole reads it as one message.",
      );
    const read = readPayloads(source, form, system.stdin);
    const payloads = source.type === "argument" ? await checkPayloads(read) : read;
    const headers = readHeaders(options.header);
    const push = { id, delayMs: delay, ttlMs: ttl, priority, maxAttempts, headers };
    if (options.dryRun) {
      for await (const payload of payloads) {
        if ("failure" in payload) throw payload.failure;
        out.record({ queue, target, payload: payload.value, ...push });
      }
      return "ok";
    }
    const { pushAll } = await import("../queue/push-all.ts");
    return pushAll(session, { ...options, queue: queue!, target, push, payloads, streams, needed: implied });
  },
});
