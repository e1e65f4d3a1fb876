import type { Client, Job } from "@singyeong/client";
import { maxRequestCount } from "@singyeong/protocol";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { misuse } from "../failure.ts";
import { commaList, count, duration, flag, list, text } from "../options/option.ts";
import { escapeText } from "../output/escape.ts";
import { queueArgument } from "../queue/queue-argument.ts";
import type { Session } from "../session.ts";
import { watchStatus } from "../watch/watch-status.ts";
import { connectWorker } from "../work/connect-worker.ts";
import type { Take } from "../work/work-through.ts";

export const queueConsume = defineCommand({
  name: "consume",
  group: "messages",
  summary: "take messages, show them or run a command with each, and acknowledge them",
  details: [
    "Connects a client of the application, takes messages whose target matches it, and prints them; each is acknowledged once it is printed. With --exec a command is run for each instead: it gets the payload as a line of JSON on standard input, and SINGYEONG_QUEUE, SINGYEONG_MESSAGE and SINGYEONG_ATTEMPT in its environment. Where it ends with 0 the message is done with, else it comes back later, here or elsewhere.",
    "Goes on until --count, --idle or Ctrl-C, which lets what is in hand be finished; a second Ctrl-C does not. It ends with 1 where it ended by itself and a command had failed. As any client of the application it also gets its share of what is sent there with sg send, and ignores it.",
    "--no-ack holds --count messages, and gives them back in their old places when it ends. That counts as an attempt; sg queue peek does not.",
  ],
  arguments: [queueArgument],
  options: {
    app: text("app", "the application to be a client of; default that of the DSN", {
      short: "a",
      complete: "application",
    }),
    meta: list("key=value", "metadata, to be matched by; as in sg watch", { short: "m" }),
    tags: commaList("a,b", "tags to register", { short: "t" }),
    id: text("id", "the client's id; default a random one"),
    exec: text("command", "for the shell, run for each message", { short: "x" }),
    concurrency: count(1, [1, maxRequestCount], "messages in hand at a time; many are faster than one"),
    count: count(0, [0, 1_000_000_000], "end after this many messages; 0 is never", { short: "n" }),
    idle: duration(undefined, "end when nothing has come for so long: 2s, 1m"),
    noAck: flag("acknowledge nothing; needs --count"),
    full: flag("do not cut messages to the width of the terminal"),
  },
  examples: [
    { line: "sg queue consume jobs --app worker --meta gpu=true", does: "whatever a worker with a GPU may take" },
    { line: "sg queue consume jobs -a worker --exec './resize.sh' --concurrency 4", does: "a worker, four at a time" },
    {
      line: "sg queue consume jobs -a worker --idle 2s --concurrency 100 --json > jobs.ndjson",
      does: "empty the queue into a file",
    },
  ],
  endsOnInterrupt: true,
  async run(session, [queue], { app: given, meta, tags, id, exec, noAck, full, ...options }) {
    if (noAck && (options.count === 0 || options.count > maxRequestCount))
      throw misuse(`--no-ack needs a --count from 1 to ${maxRequestCount}`, "It holds messages until it has so many.");
    if (noAck && (exec !== undefined || options.idle !== undefined))
      throw misuse(`--no-ack does nothing with messages, so --${exec === undefined ? "idle" : "exec"} makes no sense`);
    const { parseMetadata } = await import("../input/metadata.ts");
    const app = given ?? (await readApp(session));
    const client = await connectWorker(session, { app, id, tags, metadata: parseMetadata(meta) });
    const over = Promise.withResolvers<Error | null>();
    const background = watchStatus(client, session, { ended: over.promise });
    introduce(client, queue!, session, noAck || exec !== undefined || options.count > 0 || options.idle !== undefined);
    const fit = full ? (line: string) => line : await session.out.fitting();
    const outcome = noAck ? await hold(options.count) : await consume();
    await client.close();
    await background;
    return outcome;

    async function hold(count: number): Promise<Outcome> {
      const { holdAll } = await import("../queue/hold-all.ts");
      await holdAll(session, client, queue!, { count, fit });
      return "ok";
    }

    async function consume(): Promise<Outcome> {
      const [{ workThrough }, { createJobWork }] = await Promise.all([
        import("../work/work-through.ts"),
        import("../queue/job-work.ts"),
      ]);
      const take: Take<Job> = (handler, limits) => {
        const consumer = client.queue(queue!).consume(handler, limits);
        void consumer.closed().then(over.resolve);
        return consumer;
      };
      return workThrough(session, createJobWork(session.out, fit), take, {
        concurrency: options.concurrency,
        count: options.count === 0 ? Number.POSITIVE_INFINITY : options.count,
        idleMs: options.idle,
        command: exec,
      });
    }
  },
});

async function readApp(session: Session): Promise<string> {
  const { readServer } = await import("@singyeong/client");
  const { application } = readServer((await session.connection()).server);
  if (application !== null) return application;
  throw misuse("--app is missing", "It is the application that messages of the queue are meant for: --app worker");
}

/** Tells how this client is reached, and to who only tries it how that is done. */
function introduce({ app, id, server }: Client, queue: string, { out }: Session, isInEarnest: boolean): void {
  const faint = (text: string) => out.paintNote("faint", text);
  out.note(faint(`Connected to ${escapeText(server)} as ${escapeText(`${app} ${id}`)}. Ctrl-C ends it.`));
  if (!isInEarnest)
    out.note(faint(`Try in another terminal: sg queue push ${escapeText(queue)} ${escapeText(app)} '{"hello":1}'`));
}
