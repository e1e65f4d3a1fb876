import type { HistoryEvent } from "../history/event.ts";
import { countStory } from "./count-story.ts";
import { readStory } from "./read-story.ts";
import { attempts } from "./rules/attempts.ts";
import { confirmedInOrder } from "./rules/confirmed-in-order.ts";
import { contentIntact } from "./rules/content-intact.ts";
import { denials } from "./rules/denials.ts";
import { enough } from "./rules/enough.ts";
import { firstInFirstOut } from "./rules/first-in-first-out.ts";
import { nothingLost } from "./rules/nothing-lost.ts";
import { oneHolder } from "./rules/one-holder.ts";
import { oneMessage } from "./rules/one-message.ts";
import { processes } from "./rules/processes.ts";
import { refusedNotStored } from "./rules/refused-not-stored.ts";
import { rightTimeAndPlace } from "./rules/right-time-and-place.ts";
import { settledIsFinal } from "./rules/settled-is-final.ts";
import type { Rule, Violation } from "./story.ts";

const rules: readonly Rule[] = [
  processes,
  nothingLost,
  settledIsFinal,
  oneHolder,
  attempts,
  oneMessage,
  contentIntact,
  refusedNotStored,
  confirmedInOrder,
  firstInFirstOut,
  rightTimeAndPlace,
  denials,
  enough,
];

export interface Verdict {
  readonly violations: readonly Violation[];
  readonly counts: Readonly<Record<string, number>>;
}

/** Holds a history to what docs/protocol/queue.md says of queues. It knows nothing but the history. */
export async function checkHistory(events: AsyncIterable<HistoryEvent> | Iterable<HistoryEvent>): Promise<Verdict> {
  const story = await readStory(events);
  return { violations: [...story.faults, ...rules.flatMap((rule) => [...rule(story)])], counts: countStory(story) };
}
