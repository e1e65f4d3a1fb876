import type { Job } from "@singyeong/client";
import { toFailure } from "../describe-error.ts";
import type { Outcome } from "../exit-codes.ts";
import { escapeText } from "../output/escape.ts";
import { formatJson } from "../output/json.ts";
import { plural } from "../output/nodes.ts";
import type { Session } from "../session.ts";
import { tellStatus } from "../watch/watch-status.ts";
import { type CommandEnd, createCommandRunner } from "./command-runner.ts";
import { createIdleTimer } from "./idle-timer.ts";
import { showJob } from "./show-job.ts";

export interface Consumption {
  readonly concurrency: number;
  /** Messages after which it ends; infinite for never. */
  readonly count: number;
  /** Ends it when there was nothing to do for so long. */
  readonly idleMs: number | undefined;
  /** For the shell, run for each message, which is done with where it ends with 0. */
  readonly command: string | undefined;
  /** Makes a line fit the terminal. */
  fit(line: string): string;
}

/** What takes messages of a queue: `consume` of a queue of the client. */
export type Consume = (
  handler: (job: Job) => Promise<void>,
  options: { readonly concurrency: number; readonly signal: AbortSignal },
) => { closed(): Promise<Error | null> };

/**
 * Deals with messages until Ctrl-C, `count` or `idleMs`, and finishes those in hand. What comes all the same is left alone, and
 * goes back to its place when the client goes. Resolves with `failed` where it ended by itself and a message was not
 * dealt with.
 * @throws what ended it, where that was neither
 */
export async function consumeAll(session: Session, consume: Consume, consumption: Consumption): Promise<Outcome> {
  const { out, system } = session;
  const { concurrency, count, idleMs, command, fit } = consumption;
  const enough = new AbortController();
  const signal = AbortSignal.any([system.interrupted, enough.signal]);
  const idle = createIdleTimer(idleMs, () => enough.abort());
  const runner = command === undefined ? null : createCommandRunner(command, session);
  const finished = Promise.withResolvers<null>();
  const tally = { begun: 0, inHand: 0, done: 0, failed: 0, lost: 0 };

  /** Resolves with whether the message was dealt with. */
  async function deal(job: Job): Promise<boolean> {
    if (runner === null) {
      showJob(out, job, fit);
      await out.ready();
      await job.ack();
      return true;
    }
    const end = await runner.run(`${formatJson(job.payload)}\n`, toVariables(job));
    await (end.exitCode === 0 ? job.ack() : job.nack());
    tellEnd(session, job, end);
    return end.exitCode === 0;
  }

  async function handle(job: Job): Promise<void> {
    if (signal.aborted) return new Promise(() => {});
    tally.inHand++;
    if (++tally.begun === count) enough.abort();
    idle.begin();
    try {
      if (await deal(job)) tally.done++;
      else tally.failed++;
    } catch (error) {
      tally.lost++;
      if (!job.signal.aborted) throw error;
      tellLoss(session, job);
      throw job.signal.reason;
    } finally {
      tally.inHand--;
      idle.end();
      finish();
    }
  }

  function finish(): void {
    if (signal.aborted && tally.inHand === 0) finished.resolve(null);
  }

  function tellInHand(): void {
    if (tally.inHand > 0)
      out.note(out.paintNote("faint", `Finishing ${plural(tally.inHand, "message")}. Ctrl-C again ends it at once.`));
  }

  signal.addEventListener("abort", finish, { once: true });
  system.interrupted.addEventListener("abort", tellInHand, { once: true });
  const consumer = consume(handle, { concurrency: Math.min(concurrency, count), signal });
  const reason = await Promise.race([finished.promise, consumer.closed()]);
  idle.close();
  runner?.close();
  if (reason !== null) throw reason;
  tellTally(session, tally);
  return tally.failed + tally.lost > 0 && !system.interrupted.aborted ? "failed" : "ok";
}

/** What a command finds in its environment. */
function toVariables({ queue, id, attempt }: Job): Readonly<Record<string, string>> {
  return { SINGYEONG_QUEUE: queue, SINGYEONG_MESSAGE: id, SINGYEONG_ATTEMPT: `${attempt}` };
}

function tellEnd(session: Session, { queue, id, attempt }: Job, { exitCode, signal }: CommandEnd): void {
  if (session.out.json) session.out.record({ queue, id, attempt, done: exitCode === 0, exitCode, signal });
  else if (exitCode !== 0) {
    const how = signal ?? `exit code ${exitCode}`;
    tellStatus(session, { type: "failed", message: `${escapeText(id)} failed (${how}), and was given back.` });
  }
}

/** Its lease is over, or its connection gone. */
function tellLoss(session: Session, { id, signal }: Job): void {
  const { code, message } = toFailure(signal.reason);
  const told = `${escapeText(id)} could not be acknowledged, and comes back: ${escapeText(message)}.`;
  tellStatus(session, { type: "lost", code, message: told });
}

function tellTally(
  { out }: Session,
  { done, failed, lost }: { readonly done: number; readonly failed: number; readonly lost: number },
): void {
  const bad = (count: number, what: string): string =>
    count === 0 ? "" : `, ${out.paintNote("bad", `${count} ${what}`)}`;
  const sum = out.paintNote("faint", `${plural(done, "message")} done`);
  out.note(`${sum}${bad(failed, "failed")}${bad(lost, "not acknowledged")}`);
}
