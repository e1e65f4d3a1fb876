import { countStory } from "../count-story.ts";
import type { Rule } from "../story.ts";

/** Enough happened for the other rules to have had something to look at: as much as the history itself requires. */
export const enough: Rule = function* (story) {
  const rule = "enough";
  const counts = countStory(story);
  const required = Object.entries(story.begin.required);
  if (required.length === 0) yield { rule, text: "the history does not say how much must have happened", lines: [1] };
  for (const [name, least] of required) {
    const count = counts[name];
    if (count === undefined) yield { rule, text: `${name} is nothing that is counted`, lines: [1] };
    else if (count < least) yield { rule, text: `${name}: ${count}, at least ${least} are required`, lines: [] };
  }
};
