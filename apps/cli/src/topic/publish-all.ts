import type { PublishOptions } from "@singyeong/client";
import { toFailure } from "../describe-error.ts";
import type { Outcome } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { escapeText } from "../output/escape.ts";
import { plural } from "../output/nodes.ts";
import { formatValue } from "../output/value.ts";
import { type Batch, sendAll } from "../send/send-all.ts";
import { connectSender, explainLoss } from "../send/sender.ts";
import type { Session } from "../session.ts";

export interface Publications extends Batch {
  readonly topic: string;
  readonly publish: PublishOptions;
  /** Whether the first answer to each is waited for, and printed in the place of its id. */
  readonly reply: boolean;
  readonly app?: string | undefined;
}

/** Publishes every payload, some at a time and in their order, and prints what became of each. */
export async function publishAll(session: Session, publications: Publications): Promise<Outcome> {
  const { topic, publish, reply, app, ...batch } = publications;
  const { out, progress, global } = session;
  const client = await connectSender(session, { app });
  const options = { ...publish, timeoutMs: global.timeout };
  let earlier: Promise<unknown> = Promise.resolve();
  let unheard = 0;

  /** Publishes; resolves with what prints how it went. */
  async function begin(payload: unknown): Promise<() => void> {
    if (reply) {
      const answer = await client.publishAndWait(topic, payload, options).catch(explainSilence);
      return () => (out.json ? out.record(answer) : out.line(formatValue(answer.payload)));
    }
    const { id, groups } = await client.publish(topic, payload, options);
    if (groups === 0) unheard++;
    return () => {
      if (out.json) out.record({ id, groups });
      else out.line(`${escapeText(id)}  ${out.paint(groups === 0 ? "unsure" : "faint", plural(groups, "group"))}`);
    };
  }

  function explainSilence(error: unknown): never {
    const { code, outcome } = toFailure(error);
    if (code !== "route/no-match") throw error;
    throw new Failure(outcome, code, `no group has subscribed to ${topic}, so nobody can answer`, {
      advice: `sg sub ${topic} --echo would.`,
    });
  }

  /** What became of messages is printed in their order, whichever is heard of first. */
  async function tell(begun: Promise<() => void>, before: Promise<unknown>): Promise<void> {
    const print = await begun.catch((error) => Promise.reject(explainLoss(error, client)));
    await before;
    progress.clear();
    print();
    await out.ready();
  }

  const { sent, failed, firstFailure } = await sendAll(session, batch, ({ value }) => {
    const told = tell(begin(value), earlier);
    earlier = told.catch(() => {});
    return told;
  });
  const failures = failed === 0 ? "" : `; ${out.paintNote("bad", `${failed} failed`)}`;
  const ignored = unheard === 0 ? "" : `; ${out.paintNote("unsure", explainUnheard(unheard, sent))}`;
  if (!reply || failed > 0)
    out.note(
      `${out.paintNote("faint", `${plural(sent, "message")} published to ${escapeText(topic)}`)}${ignored}${failures}`,
    );
  return firstFailure?.outcome ?? "ok";
}

/** That some of what was published, or all of it, went to no group. */
function explainUnheard(unheard: number, sent: number): string {
  const which = unheard < sent ? `${unheard} of them` : sent === 1 ? "it" : "them";
  return `nobody gets ${which}, as no group had subscribed`;
}
