import { toFailure } from "../describe-error.ts";
import { Failure, misuse } from "../failure.ts";
import type { Payload, PayloadProblem } from "../input/payloads.ts";
import { formatFailureRecord } from "../output/failure.ts";
import { plural } from "../output/nodes.ts";
import type { Session } from "../session.ts";
import { pipeline } from "./pipeline.ts";

/** Messages to be sent one behind the other. */
export interface Batch {
  readonly payloads: AsyncIterable<Payload | PayloadProblem>;
  /** Whether there may be more than one. */
  readonly streams: boolean;
  /** Whether there must be one at least. */
  readonly needed: boolean;
  readonly keepGoing: boolean;
  readonly inFlight: number;
}

/** What came of all messages. */
export interface Tally {
  readonly sent: number;
  readonly failed: number;
  readonly firstFailure: Failure | null;
}

/**
 * Sends every payload, some at a time and in their order. Failures that end nothing are told as they come.
 * @param send rejects where a message could not be sent
 * @throws Failure the first one, unless it goes on after failures
 */
export async function sendAll(
  session: Session,
  { payloads, streams, needed, keepGoing, inFlight }: Batch,
  send: (payload: Payload) => Promise<void>,
): Promise<Tally> {
  const { progress, system } = session;
  const tally: { -readonly [K in keyof Tally]: Tally[K] } = { sent: 0, failed: 0, firstFailure: null };
  const startedMs = performance.now();

  function fail(failure: Failure, place: string): void {
    tally.failed++;
    tally.firstFailure ??= failure;
    if (!keepGoing) return;
    progress.clear();
    system.stderr.write(formatFailureRecord(failure, place, session));
  }

  async function sendOne(payload: Payload): Promise<void> {
    try {
      await send(payload);
      tally.sent++;
    } catch (error) {
      fail(toFailure(error), payload.place);
    }
    if (streams)
      progress.show(() => {
        const rate = (tally.sent / (performance.now() - startedMs)) * 1000;
        const failed = tally.failed === 0 ? "" : `, ${tally.failed} failed`;
        return `${tally.sent} sent${failed}, ${rate.toFixed(0)} a second`;
      });
  }

  await pipeline(payloads, inFlight, async (payload) => {
    if ("failure" in payload) fail(payload.failure, payload.place);
    else await sendOne(payload);
    return !system.interrupted.aborted && (tally.firstFailure === null || keepGoing);
  });
  progress.clear();
  if (needed && tally.sent + tally.failed === 0 && !system.interrupted.aborted)
    throw misuse("the payload is missing: standard input was empty", "Give it as JSON, as @file, or pipe it in.");
  throwFirst(tally, streams, keepGoing);
  return tally;
}

function throwFirst({ sent, firstFailure }: Tally, streams: boolean, keepGoing: boolean): void {
  if (firstFailure === null) return;
  if (!streams) throw firstFailure;
  if (keepGoing) return;
  const { outcome, code, message, advice, details } = firstFailure;
  const told =
    sent === 0 ? [] : [`${plural(sent, "message")} went out before it. --keep-going goes on after a failure.`];
  const lines = [...(advice === undefined ? [] : [advice]), ...told];
  throw new Failure(outcome, code, message, { advice: lines.join("\n") || undefined, details });
}
