import type { Client, Query, SendOptions } from "@singyeong/client";
import type { Outcome } from "../exit-codes.ts";
import { plural } from "../output/nodes.ts";
import { formatValue } from "../output/value.ts";
import type { Session } from "../session.ts";
import { type Batch, sendAll, type Tally } from "./send-all.ts";
import { connectSender, explainLoss } from "./sender.ts";

export interface Delivery extends Batch {
  readonly event: "SEND" | "BROADCAST";
  readonly target: Query;
  readonly headers: Readonly<Record<string, string>>;
  readonly app?: string | undefined;
  readonly id?: string | undefined;
  readonly reply?: boolean;
}

/** Sends every payload, some at a time and in their order, and tells how it went. */
export async function deliver(session: Session, delivery: Delivery): Promise<Outcome> {
  const client = await connectSender(session, delivery);
  /** Clients that messages were handed to; `null` where the server does not tell. */
  let recipients: number | null = 0;
  const tally = await sendAll(session, delivery, async ({ value }) => {
    try {
      const count = await hand(client, delivery, value, session);
      recipients = count === null || recipients === null ? null : recipients + count;
    } catch (error) {
      throw explainLoss(error, client);
    }
  });
  return conclude(tally, recipients, delivery, session.out);
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

function conclude(
  { sent, failed, firstFailure }: Tally,
  recipients: number | null,
  { streams, event, reply }: Delivery,
  out: Session["out"],
): Outcome {
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
