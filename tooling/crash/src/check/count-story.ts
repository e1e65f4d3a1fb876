import { findReason } from "./reason.ts";
import { firstDeliveries } from "./rules/first-in-first-out.ts";
import { isFinal, type Message, type Story, storedMs } from "./story.ts";

/** How much of what a crash test is about there was in a history. */
export function countStory(story: Story): Record<string, number> {
  const counts: Record<string, number> = {
    runs: story.runs.size,
    killsUnderLoad: 0,
    killsDuringRecovery: 0,
    stops: 0,
    cuts: 0,
    pushes: story.pushes.size,
    confirmations: 0,
    refusals: 0,
    repeatedIds: 0,
    deliveries: 0,
    againAfterRestart: 0,
    againAfterNack: 0,
    againAfterDisconnect: 0,
    againAfterLease: 0,
    settledAcks: 0,
    settledBeforeCrash: 0,
    denials: 0,
    dead: 0,
    storedUnconfirmed: 0,
    ackedNotStored: 0,
    inOrder: 0,
  };
  function add(name: string, count = 1): void {
    counts[name]! += count;
  }
  for (const { ending } of story.runs.values()) {
    if (ending?.by === "kill") add(ending.during === "recovery" ? "killsDuringRecovery" : "killsUnderLoad");
    if (ending?.by === "stop") add("stops");
  }
  for (const { cutLine } of story.connections.values()) if (Number.isFinite(cutLine)) add("cuts");
  for (const { outcome } of story.pushes.values()) if (outcome !== null) add(outcome.ok ? "confirmations" : "refusals");
  for (const pushes of story.contents.values())
    if (pushes.some(({ from }) => from.run !== pushes[0]!.from.run)) add("repeatedIds");
  for (const line of firstDeliveries(story)) add("inOrder", line.length - 1);
  for (const message of story.messages.values()) countMessage(story, message, add);
  return counts;
}

const namesOfReasons = {
  restart: "againAfterRestart",
  nack: "againAfterNack",
  disconnect: "againAfterDisconnect",
  lease: "againAfterLease",
};

function countMessage({ begin }: Story, message: Message, add: (name: string, count?: number) => void): void {
  const { deliveries, confirmed, dead } = message;
  add("deliveries", deliveries.length);
  if (dead !== null) add("dead");
  if (confirmed.length === 0) add("storedUnconfirmed");
  for (const [i, delivery] of deliveries.entries()) {
    const later = deliveries[i + 1];
    const reason = later === undefined ? null : findReason(delivery, later, begin);
    if (reason !== null) add(namesOfReasons[reason]);
    for (const answer of delivery.answers) {
      if (answer.denied !== null) add("denials");
      else if (!isFinal(answer)) continue;
      else if (later !== undefined) add("ackedNotStored");
      else if (Number.isFinite(storedMs(answer, delivery.to))) {
        add("settledAcks");
        if (delivery.to.run.ending?.by === "kill") add("settledBeforeCrash");
      }
    }
  }
}
