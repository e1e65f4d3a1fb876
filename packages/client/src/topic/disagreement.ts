import { SingyeongError } from "../errors.ts";
import type { Members } from "./members.ts";
import type { Subscriber } from "./subscriber.ts";

/** What keeps a subscription from sharing patterns with those that are there: the server knows each of a group only once. `null` where nothing does. */
export function findDisagreement(subscriber: Subscriber, members: Members): SingyeongError | null {
  for (const other of members.sharersOf(subscriber)) {
    const name = termsOf(other).ack !== termsOf(subscriber).ack ? "ack" : "ackMs";
    const [theirs, ours] = [termsOf(other)[name], termsOf(subscriber)[name]];
    if (theirs === ours) continue;
    const topic = subscriber.topics.find((one) => other.topics.includes(one));
    const said = `another subscription to ${topic} (group ${subscriber.group}) has ${name} ${theirs}, this one ${ours}`;
    return new SingyeongError("client/invalid-options", said);
  }
  return null;
}

function termsOf({ options: { ack = "explicit", ackMs } }: Subscriber) {
  return { ack, ackMs: ack === "none" ? null : (ackMs ?? "of the server") };
}
