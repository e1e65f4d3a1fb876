import type { Client, TopicEvent } from "@singyeong/client";
import { maxInFlightLimit, maxPatterns } from "@singyeong/protocol";
import { defineCommand } from "../command.ts";
import { misuse } from "../failure.ts";
import { readAnswer } from "../input/answer.ts";
import { choice, commaList, count, duration, flag, list, text } from "../options/option.ts";
import { escapeText } from "../output/escape.ts";
import type { Session } from "../session.ts";
import { checkTopic } from "../topic/check-topic.ts";
import type { Take } from "../work/work-through.ts";

const ownApp = "sg-sub";

export const subCommand = defineCommand({
  name: "sub",
  group: "messages",
  summary: "subscribe to topics, and show their events or run a command with each",
  details: [
    "Patterns are topics where a segment * stands for any one segment, and a last segment > for one or more: 'orders.*.paid', 'log.>'. Each event is acknowledged once it is printed. With --exec a command is run for each instead: it gets the payload as a line of JSON on standard input, and SINGYEONG_TOPIC, SINGYEONG_GROUP, SINGYEONG_MESSAGE and SINGYEONG_ATTEMPT in its environment. Where it ends with 0 the event is done with, else it comes back later, here or to another member.",
    "An event goes to one member of each group, so two that run with the same group share the events. A group that nobody is in keeps what is published for an hour, or what the server is told.",
    "Goes on until --count, --idle or Ctrl-C, which lets what is in hand be finished; a second Ctrl-C does not. It ends with 1 where it ended by itself and a command had failed.",
  ],
  arguments: [{ name: "pattern", summary: "topics, as segments separated by dots", required: true, variadic: true }],
  options: {
    group: text("group", "the group to be a member of; default the application", { short: "g" }),
    from: choice(["latest", "earliest"], "latest", "whether a new group first gets what is kept of the topics"),
    app: text("app", `the application to be a client of; default ${ownApp}`, { short: "a", complete: "application" }),
    meta: list("key=value", "metadata, to be matched by; as in sg watch", { short: "m" }),
    tags: commaList("a,b", "tags to register", { short: "t" }),
    id: text("id", "the client's id; default a random one"),
    exec: text("command", "for the shell, run for each event", { short: "x" }),
    reply: text("json", "answer every event that wants an answer (sg pub --reply) with this payload"),
    echo: flag("answer every event that wants an answer with its own payload"),
    concurrency: count(1, [1, maxInFlightLimit], "events in hand at a time; many are faster than one"),
    noAck: flag("events count as dealt with before they come: faster, and lost where this fails"),
    count: count(0, [0, 1_000_000_000], "end after this many events; 0 is never", { short: "n" }),
    idle: duration(undefined, "end when nothing has come for so long: 2s, 1m"),
    full: flag("do not cut events to the width of the terminal"),
  },
  examples: [
    { line: "sg sub 'orders.>'", does: "whatever happens to orders, from now on" },
    {
      line: "sg sub 'orders.*.paid' --group mail --exec './mail.sh'",
      does: "one mail for each, however many run this",
    },
    {
      line: "sg sub 'log.>' -g audit --from earliest --idle 2s --json > log.ndjson",
      does: "what is kept, into a file",
    },
  ],
  endsOnInterrupt: true,
  async run(session, patterns, { group, from, app = ownApp, meta, tags, id, exec, noAck, full, ...options }) {
    const answer = readAnswer(options.reply, options.echo);
    for (const pattern of patterns) checkTopic(pattern, "pattern");
    if (patterns.length > maxPatterns) throw misuse(`there are more than ${maxPatterns} patterns`);
    const [{ parseMetadata }, { connectWorker }, { watchStatus }, { workThrough }, { createEventWork }] =
      await Promise.all([
        import("../input/metadata.ts"),
        import("../work/connect-worker.ts"),
        import("../watch/watch-status.ts"),
        import("../work/work-through.ts"),
        import("../topic/event-work.ts"),
      ]);
    const metadata = parseMetadata(meta);
    const client = await connectWorker(session, { app, id, tags, metadata });
    const over = Promise.withResolvers<Error | null>();
    const background = watchStatus(client, session, { ended: over.promise });
    const fit = full ? (line: string) => line : await session.out.fitting();
    const ack = noAck ? "none" : "explicit";
    const subscribe: Take<TopicEvent> = (handler, limits) => {
      const subscription = client.subscribe(patterns, handler, { group, from, ack, ...limits });
      const isInEarnest = exec !== undefined || options.count > 0 || options.idle !== undefined;
      const tell = () => introduce(client, session, group ?? app, isInEarnest ? null : patterns[0]!);
      // Why it never came about is told by its end.
      subscription.subscribed().then(tell, () => {});
      void subscription.closed().then(over.resolve);
      return subscription;
    };
    const outcome = await workThrough(
      session,
      createEventWork(session.out, { answer, isAcknowledged: noAck, fit }),
      subscribe,
      {
        concurrency: options.concurrency,
        count: options.count === 0 ? Number.POSITIVE_INFINITY : options.count,
        idleMs: options.idle,
        command: exec,
      },
    );
    await client.close();
    await background;
    return outcome;
  },
});

/** Tells who shares what comes, and to who only tries a pattern how something is made to come. */
function introduce({ app, id, server }: Client, { out }: Session, group: string, pattern: string | null): void {
  const faint = (text: string) => out.paintNote("faint", escapeText(text));
  out.note(faint(`Connected to ${server} as ${app} ${id}, in the group ${group}. Ctrl-C ends it.`));
  if (pattern === null) return;
  const segments = pattern.split(".").map((segment) => (segment === "*" || segment === ">" ? "x" : segment));
  out.note(faint(`Try in another terminal: sg pub ${segments.join(".")} '{"hello":1}'`));
}
