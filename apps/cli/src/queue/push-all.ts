import type { PushOptions, Query } from "@singyeong/client";
import type { Outcome } from "../exit-codes.ts";
import { escapeText } from "../output/escape.ts";
import { plural } from "../output/nodes.ts";
import { type Batch, sendAll } from "../send/send-all.ts";
import { connectSender, explainLoss } from "../send/sender.ts";
import type { Session } from "../session.ts";

export interface Pushes extends Batch {
  readonly queue: string;
  readonly target: Query;
  readonly push: PushOptions;
  readonly app?: string | undefined;
}

/** Pushes every payload, some at a time and in their order, and prints the id of each once it is stored. */
export async function pushAll(session: Session, { queue, target, push, app, ...batch }: Pushes): Promise<Outcome> {
  const { out, progress, global } = session;
  const client = await connectSender(session, { app });
  const options = { ...push, timeoutMs: global.timeout };
  let earlier: Promise<unknown> = Promise.resolve();

  /** Ids are printed in the order of the messages, whichever is heard of first. */
  async function tell(pushed: Promise<{ readonly id: string }>, before: Promise<unknown>): Promise<void> {
    const { id } = await pushed.catch((error) => Promise.reject(explainLoss(error, client)));
    await before;
    progress.clear();
    if (out.json) out.record({ queue, id });
    else out.line(escapeText(id));
    await out.ready();
  }

  const { sent, failed, firstFailure } = await sendAll(session, batch, ({ value }) => {
    const told = tell(client.queue(queue).push(target, value, options), earlier);
    earlier = told.catch(() => {});
    return told;
  });
  const failures = failed === 0 ? "" : `; ${out.paintNote("bad", `${failed} failed`)}`;
  out.note(`${out.paintNote("faint", `${plural(sent, "message")} stored in ${escapeText(queue)}`)}${failures}`);
  return firstFailure?.outcome ?? "ok";
}
