import type { Rule } from "../story.ts";

/** Of what was refused nothing is kept: it is never delivered, unless the same was pushed again and not refused. */
export const refusedNotStored: Rule = function* (story) {
  for (const { id, deliveries } of story.messages.values()) {
    for (const { content, line } of deliveries) {
      const pushes = story.contents.get(content) ?? [];
      if (pushes.length === 0 || !pushes.every(({ outcome }) => outcome?.ok === false)) continue;
      const lines = [...pushes.flatMap((push) => [push.line, push.outcome!.line]), line];
      yield { rule: "refused is not stored", text: `${id} was delivered, though its push was refused`, lines };
    }
  }
};
