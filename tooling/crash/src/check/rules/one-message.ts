import type { Push, Rule, Story } from "../story.ts";

/**
 * What was pushed once is one message, and what was pushed several times by one id within the window is too: all its
 * confirmations and deliveries have one id, and no two contents have the same.
 */
export const oneMessage: Rule = function* (story) {
  const rule = "one message";
  const idsOf = collectIds(story);
  const contentOf = new Map<string, number>();
  for (const [content, pushes] of story.contents) {
    const ids = idsOf.get(content) ?? new Map<string, number>();
    for (const [id, line] of ids) {
      const other = contentOf.get(id);
      if (other !== undefined)
        yield { rule, text: `${id} is two messages: contents ${other} and ${content}`, lines: [line] };
      contentOf.set(id, content);
    }
    if (ids.size > 1 && isWithinWindow(pushes, story)) {
      const lines = [...pushes.map(({ line }) => line), ...ids.values()];
      yield { rule, text: `content ${content} became ${ids.size} messages: ${[...ids.keys()].join(", ")}`, lines };
    }
  }
};

/** The ids by which each content was confirmed or delivered, and a line that says so. */
function collectIds({ contents, messages }: Story): ReadonlyMap<number, ReadonlyMap<string, number>> {
  const idsOf = new Map<number, Map<string, number>>();
  const add = (content: number, id: string, line: number): void => {
    const ids = idsOf.get(content) ?? new Map<string, number>();
    idsOf.set(content, ids);
    if (!ids.has(id)) ids.set(id, line);
  };
  for (const [content, pushes] of contents) {
    for (const { outcome } of pushes) if (outcome?.ok) add(content, outcome.message, outcome.line);
  }
  for (const { id, deliveries } of messages.values())
    for (const { content, line } of deliveries) add(content, id, line);
  return idsOf;
}

function isWithinWindow(pushes: readonly Push[], { begin }: Story): boolean {
  return pushes.at(-1)!.atMs - pushes[0]!.atMs < begin.dedupMs - begin.toleranceMs;
}
