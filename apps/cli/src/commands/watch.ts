import type { Client, Message } from "@singyeong/client";
import { defineCommand } from "../command.ts";
import { readAnswer } from "../input/answer.ts";
import { commaList, count, flag, list, text } from "../options/option.ts";
import { escapeText } from "../output/escape.ts";
import { formatJson } from "../output/json.ts";
import type { Output } from "../output/output.ts";
import { formatTime } from "../output/time.ts";
import type { Session } from "../session.ts";
import { answerRequest } from "../watch/answer-request.ts";
import { watchPresence, watchStatus } from "../watch/watch-status.ts";

const ownApp = "sg-watch";

/** Messages that may wait for a slow terminal or reader; what is dropped beyond is told. */
const maxWaiting = 10_000;

export const watchCommand = defineCommand({
  name: "watch",
  group: "messages",
  summary: "be a client for a while, and show what it is sent",
  details: [
    "Connects a temporary client and prints every message that reaches it, until Ctrl-C or --count. Others reach it by its application, its tags and its metadata. As a client of an application of yours it gets its share of what is sent there: a SEND that it gets, another client does not.",
    'Metadata is written as key=value, where the type follows from the value (12, 0.5, true, [1,2], {"a":1}, else text), or as key:type=value with a type of string, integer, float, version, list, boolean or map.',
  ],
  arguments: [
    { name: "app", summary: `the application to be a client of (default ${ownApp})`, complete: "application" },
  ],
  options: {
    meta: list("key=value", "metadata, to be found by", { short: "m" }),
    tags: commaList("a,b", "tags to register", { short: "t" }),
    id: text("id", "the client's id; default a random one"),
    count: count(0, [0, 1_000_000_000], "end after this many messages; 0 is never", { short: "n" }),
    presence: flag("show clients that come and go, too", { short: "p" }),
    reply: text("json", "answer every request (sg send --reply) with this payload"),
    echo: flag("answer every request with its own payload"),
    full: flag("do not cut messages to the width of the terminal"),
  },
  examples: [
    { line: "sg watch", does: `then elsewhere: sg send ${ownApp} '{"hi":1}'` },
    {
      line: "sg watch --meta region=eu --meta latency=12 --meta version:version=2.1.0",
      does: "to be found by metadata",
    },
    { line: "sg watch api --json | jq .payload", does: "a share of an application's messages, for a program" },
    { line: "sg watch adder --reply '{\"sum\":3}'", does: "a stand-in for a service" },
  ],
  endsOnInterrupt: true,
  async run(session, [app = ownApp], options) {
    const answer = readAnswer(options.reply, options.echo);
    const { parseMetadata } = await import("../input/metadata.ts");
    const client = await session.connect({
      app,
      id: options.id,
      tags: options.tags,
      metadata: parseMetadata(options.meta),
      presence: options.presence,
    });
    // What ends the command ends the client's streams.
    const { interrupted } = session.system;
    const background = [watchStatus(client, session)];
    if (options.presence) background.push(watchPresence(client, session));
    introduce(client, session);
    const fit = options.full ? (line: string) => line : await session.out.fitting();
    const messages = client.messages({ signal: interrupted, maxWaiting });
    let seen = 0;
    for await (const message of messages) {
      if (session.out.json) session.out.record(toRecord(message));
      else session.out.line(fit(formatMessage(message, session.out)));
      if (answer !== null && message.wantsReply) await answerRequest(message, answer(message.payload), session);
      await session.out.ready();
      seen++;
      if (seen === options.count) break;
    }
    const reason = interrupted.aborted || seen === options.count ? null : await client.closed();
    await client.close();
    await Promise.all(background);
    if (reason !== null) throw reason;
    return "ok";
  },
});

/** Tells how this client is reached. */
function introduce({ app, id, server, restricted }: Client, { out }: Session): void {
  const faint = (text: string) => out.paintNote("faint", text);
  out.note(faint(`Connected to ${escapeText(server)} as ${escapeText(`${app} ${id}`)}. Ctrl-C ends it.`));
  if (restricted)
    out.note(
      out.paintNote("unsure", "Without the server's password it gets only messages that are sent with --restricted."),
    );
  else if (app === ownApp) out.note(faint(`Try in another terminal: sg send ${ownApp} '{"hello":1}'`));
  else
    out.note(
      faint(`It gets its share of what is sent to ${escapeText(app)}: a SEND that comes here goes to no other client.`),
    );
}

function toRecord({ event, payload, nonce, headers, sentAtMs, wantsReply }: Message): object {
  return { event, payload, nonce, headers, sentAtMs, wantsReply };
}

function formatMessage({ event, payload, nonce, headers, sentAtMs, wantsReply }: Message, out: Output): string {
  const { paint } = out;
  const marks = [
    wantsReply ? paint("unsure", "wants a reply") : "",
    nonce === null || wantsReply ? "" : paint("faint", `nonce ${formatJson(nonce)}`),
    ...Object.entries(headers).map(([name, value]) => paint("faint", escapeText(`${name}: ${value}`))),
  ].filter(Boolean);
  return [paint("faint", formatTime(sentAtMs)), paint("name", event.padEnd(9)), formatJson(payload), ...marks].join(
    "  ",
  );
}
