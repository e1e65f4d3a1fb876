import type { CallContext, Client, ConnectOptions } from "@singyeong/client";
import { toFailure } from "../describe-error.ts";
import { parseMetadata } from "../input/metadata.ts";
import { escapeText } from "../output/escape.ts";
import type { Session } from "../session.ts";
import { watchStatus } from "../watch/watch-status.ts";
import { connectWorker } from "../work/connect-worker.ts";
import { tellFinishing } from "../work/tell-work.ts";
import { tellCall } from "./tell-call.ts";

export interface Serving {
  readonly methods: readonly string[];
  readonly app: string;
  readonly id: string | undefined;
  readonly tags: readonly string[];
  readonly meta: readonly string[];
  /** Calls of a method at work at a time; `undefined` for what the client takes. */
  readonly concurrency: number | undefined;
  readonly quiet: boolean;
  /** The messages of the answer to a call. */
  answer(context: CallContext): AsyncIterable<unknown>;
}

/**
 * Answers calls until Ctrl-C, finishes those at work, and tells of each once it is over.
 * @throws what ended the client, where that was not Ctrl-C
 */
export async function serveCalls(session: Session, serving: Serving): Promise<"ok"> {
  const { methods, app, id, tags, meta, concurrency, quiet, answer } = serving;
  const { interrupted } = session.system;
  const finished = Promise.withResolvers<null>();
  let atWork = 0;

  async function* handle(_input: unknown, context: CallContext): AsyncGenerator<unknown, void> {
    const startedMs = performance.now();
    let messages = 0;
    let failure: unknown;
    atWork++;
    try {
      for await (const message of answer(context)) {
        messages++;
        yield message;
      }
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      atWork--;
      const reason = context.signal.aborted ? context.signal.reason : failure;
      const code = reason === undefined ? null : toFailure(reason).code;
      if (!quiet) tellCall(session, context, { messages, ms: performance.now() - startedMs, code });
    }
  }

  const options: ConnectOptions = { app, id, tags, metadata: parseMetadata(meta) };
  const client = await connectWorker(session, options);
  const background = watchStatus(client, session);
  const stops = methods.map((method) => client.handle(method, handle, { concurrency }));
  introduce(client, session, methods[0]!);

  function stop(): void {
    if (atWork > 0) tellFinishing(session, atWork, "call");
    void Promise.all(stops.map((stopOne) => stopOne())).then(() => finished.resolve(null));
  }

  interrupted.addEventListener("abort", stop, { once: true });
  if (interrupted.aborted) stop();
  const reason = await Promise.race([finished.promise, client.closed()]);
  if (reason !== null) throw reason;
  await client.close();
  await background;
  return "ok";
}

function introduce({ app, id, server }: Client, { out }: Session, method: string): void {
  const faint = (text: string) => out.paintNote("faint", escapeText(text));
  out.note(faint(`Connected to ${server} as ${app} ${id}. Ctrl-C ends it.`));
  out.note(faint(`Try in another terminal: sg call ${app} ${method} '{"hello":1}'`));
}
