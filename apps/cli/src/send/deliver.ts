import { type Client, type Query, readServer, type SendOptions } from "@singyeong/client";
import { needsPassword, toFailure } from "../describe-error.ts";
import type { Outcome } from "../exit-codes.ts";
import { Failure, misuse } from "../failure.ts";
import type { Payload, PayloadProblem } from "../input/payloads.ts";
import { formatFailureRecord } from "../output/failure.ts";
import { plural } from "../output/nodes.ts";
import { formatValue } from "../output/value.ts";
import type { Session } from "../session.ts";
import { pipeline } from "./pipeline.ts";

export interface Delivery {
  readonly event: "SEND" | "BROADCAST";
  readonly target: Query;
  readonly payloads: AsyncIterable<Payload | PayloadProblem>;
  /** Whether there may be more than one. */
  readonly streams: boolean;
  /** Whether there must be one at least. */
  readonly needed: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly keepGoing: boolean;
  readonly inFlight: number;
  readonly app?: string | undefined;
  readonly id?: string | undefined;
  readonly reply?: boolean;
}

/** What came of all messages. */
interface Tally {
  sent: number;
  failed: number;
  /** Clients that messages were handed to; `null` where the server does not tell. */
  recipients: number | null;
  firstFailure: Failure | null;
}

/** Sends every payload, some at a time and in their order, and tells how it went. */
export async function deliver(session: Session, delivery: Delivery): Promise<Outcome> {
  const { out, progress } = session;
  const client = await session.connect({ app: delivery.app ?? (await readApp(session)), id: delivery.id });
  if (client.restricted) throw needsPassword();
  const tally: Tally = { sent: 0, failed: 0, recipients: 0, firstFailure: null };
  const startedMs = performance.now();

  function fail(failure: Failure, place: string): void {
    tally.failed++;
    tally.firstFailure ??= failure;
    if (!delivery.keepGoing) return;
    progress.clear();
    session.system.stderr.write(formatFailureRecord(failure, place, session));
  }

  async function sendOne({ value, place }: Payload): Promise<void> {
    try {
      const recipients = await hand(client, delivery, value, session);
      tally.sent++;
      tally.recipients = recipients === null || tally.recipients === null ? null : tally.recipients + recipients;
    } catch (error) {
      fail(explain(toFailure(error), client), place);
    }
    if (delivery.streams)
      progress.show(() => {
        const rate = (tally.sent / (performance.now() - startedMs)) * 1000;
        const failed = tally.failed === 0 ? "" : `, ${tally.failed} failed`;
        return `${tally.sent} sent${failed}, ${rate.toFixed(0)} a second`;
      });
  }

  await pipeline(delivery.payloads, delivery.inFlight, async (payload) => {
    if ("failure" in payload) fail(payload.failure, payload.place);
    else await sendOne(payload);
    return !session.system.interrupted.aborted && (tally.firstFailure === null || delivery.keepGoing);
  });
  progress.clear();
  if (delivery.needed && tally.sent + tally.failed === 0 && !session.system.interrupted.aborted)
    throw misuse("the payload is missing: standard input was empty", "Give it as JSON, as @file, or pipe it in.");
  return conclude(tally, delivery, out);
}

/** Hands one message over; resolves with how many clients got it. */
async function hand(client: Client, delivery: Delivery, payload: unknown, session: Session): Promise<number | null> {
  const options: SendOptions = { timeoutMs: session.global.timeout, headers: delivery.headers };
  if (delivery.reply === true) {
    const answer = await client.request(delivery.target, payload, options);
    if (session.out.json) session.out.record({ payload: answer.payload, headers: answer.headers });
    else session.out.line(formatValue(answer.payload));
    return 1;
  }
  const send = delivery.event === "SEND" ? client.send : client.broadcast;
  const { count } = await send.call(client, delivery.target, payload, options);
  return count;
}

function conclude(tally: Tally, { streams, event, keepGoing, reply }: Delivery, out: Session["out"]): Outcome {
  const { sent, failed, recipients, firstFailure } = tally;
  if (firstFailure !== null && !streams) throw firstFailure;
  if (firstFailure !== null && !keepGoing) {
    const { outcome, code, message, advice, details } = firstFailure;
    const told =
      sent === 0 ? [] : [`${plural(sent, "message")} went out before it. --keep-going goes on after a failure.`];
    const lines = [...(advice === undefined ? [] : [advice]), ...told];
    throw new Failure(outcome, code, message, { advice: lines.join("\n") || undefined, details });
  }
  if (reply === true) return firstFailure?.outcome ?? "ok";
  if (out.json) out.document({ event, sent, failed, recipients });
  else {
    const to = recipients === null ? "" : ` to ${plural(recipients, "client")}`;
    const ofHowMany = streams ? `${plural(sent, "message")} ` : "";
    const failures = failed === 0 ? "" : `; ${out.paint("bad", `${failed} failed`)}`;
    out.line(`${sent > 0 && failed === 0 ? out.paint("good", "✓ ") : ""}${ofHowMany}sent${to}${failures}`);
  }
  return firstFailure?.outcome ?? "ok";
}

/** A message that waited in vain while no server was there failed by that, and not by the time it took. */
function explain(failure: Failure, client: Client): Failure {
  if (failure.code !== "client/timeout" || client.connected) return failure;
  return new Failure("unreachable", failure.code, failure.message, {
    advice: "The server went away: sg doctor looks into it.",
  });
}

/** The application to connect as: that of the server's address, where it names one, else that of `sg` itself. */
async function readApp(session: Session): Promise<string> {
  const { server } = await session.connection();
  return readServer(server).application ?? "sg";
}
