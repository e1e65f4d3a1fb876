import { toFailure } from "../describe-error.ts";
import type { Outcome } from "../exit-codes.ts";
import { formatJson } from "../output/json.ts";
import type { Session } from "../session.ts";
import { createCommandRunner } from "./command-runner.ts";
import { createIdleTimer } from "./idle-timer.ts";
import { tellEnd, tellFinishing, tellLoss, tellTally } from "./tell-work.ts";

/** Something that this client has for a while: a job of a queue, or an event of a topic. */
export interface Work {
  readonly id: string;
  readonly payload: unknown;
  /** Aborted when it is no longer ours. */
  readonly signal: AbortSignal;
}

/** What is done with work of one kind. */
export interface WorkKind<W extends Work> {
  /** A word for it: `message`. */
  readonly noun: string;
  /** Shows it on a line. */
  show(work: W): void;
  /** It is done with; resolves once that is stored. */
  ack(work: W): Promise<void>;
  /** It is not dealt with: it comes back. */
  giveBack(work: W): Promise<void>;
  /** What a command finds in its environment. */
  toVariables(work: W): Readonly<Record<string, string>>;
  /** What programs know it by. */
  toRecord(work: W): object;
}

/** Makes work come, until `closed` resolves: with why it ended by itself, or `null`. */
export type Take<W extends Work> = (
  handler: (work: W) => Promise<void>,
  options: { readonly concurrency: number; readonly signal: AbortSignal },
) => { closed(): Promise<Error | null> };

export interface WorkOptions {
  readonly concurrency: number;
  /** Pieces of work after which it ends; infinite for never. */
  readonly count: number;
  /** Ends it when there was nothing to do for so long. */
  readonly idleMs: number | undefined;
  /** For the shell, run with each, which is done with where it ends with 0. */
  readonly command: string | undefined;
}

/**
 * Deals with what comes until Ctrl-C, `count` or `idleMs`, and finishes what is in hand. What comes all the same is left alone, and
 * goes back to its place when the client goes. Resolves with `failed` where it ended by itself and something was not
 * dealt with.
 * @throws what ended it, where that was neither
 */
export async function workThrough<W extends Work>(
  session: Session,
  kind: WorkKind<W>,
  take: Take<W>,
  { concurrency, count, idleMs, command }: WorkOptions,
): Promise<Outcome> {
  const { out, system } = session;
  const enough = new AbortController();
  const signal = AbortSignal.any([system.interrupted, enough.signal]);
  const idle = createIdleTimer(idleMs, () => enough.abort());
  const runner = command === undefined ? null : createCommandRunner(command, session);
  const finished = Promise.withResolvers<null>();
  const tally = { begun: 0, inHand: 0, done: 0, failed: 0, lost: 0 };

  /** Resolves with whether it was dealt with. */
  async function deal(work: W): Promise<boolean> {
    if (runner === null) {
      kind.show(work);
      await out.ready();
      await kind.ack(work);
      return true;
    }
    const end = await runner.run(`${formatJson(work.payload)}\n`, kind.toVariables(work));
    await (end.exitCode === 0 ? kind.ack(work) : kind.giveBack(work));
    tellEnd(session, work.id, kind.toRecord(work), end);
    return end.exitCode === 0;
  }

  async function handle(work: W): Promise<void> {
    if (signal.aborted) return new Promise(() => {});
    tally.inHand++;
    if (++tally.begun === count) enough.abort();
    idle.begin();
    try {
      if (await deal(work)) tally.done++;
      else tally.failed++;
    } catch (error) {
      tally.lost++;
      const { aborted, reason } = work.signal;
      const failure = toFailure(aborted ? reason : error);
      if (failure.code.startsWith("cli/")) throw error;
      tellLoss(session, work.id, failure);
      // Told already, but for what the client itself knows.
      if (aborted) throw reason;
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
    if (tally.inHand > 0) tellFinishing(session, tally.inHand, kind.noun);
  }

  signal.addEventListener("abort", finish, { once: true });
  system.interrupted.addEventListener("abort", tellInHand, { once: true });
  const taking = take(handle, { concurrency: Math.min(concurrency, count), signal });
  const reason = await Promise.race([finished.promise, taking.closed()]);
  idle.close();
  runner?.close();
  if (reason !== null) throw reason;
  tellTally(session, tally, kind.noun);
  return tally.failed + tally.lost > 0 && !system.interrupted.aborted ? "failed" : "ok";
}
