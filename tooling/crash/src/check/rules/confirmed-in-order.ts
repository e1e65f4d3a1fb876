import type { Push, Rule } from "../story.ts";

/** Confirmations of one sender come in the order of its pushes. Told once for each connection. */
export const confirmedInOrder: Rule = function* (story) {
  const lastOf = new Map<number, Push>();
  const told = new Set<number>();
  for (const push of story.pushes.values()) {
    if (push.outcome?.ok !== true || told.has(push.connection)) continue;
    const last = lastOf.get(push.connection);
    lastOf.set(push.connection, push);
    if (last === undefined || last.outcome!.line < push.outcome.line) continue;
    told.add(push.connection);
    const lines = [last.line, push.line, push.outcome.line, last.outcome!.line];
    yield { rule: "confirmed in order", text: `push ${push.push} was confirmed before push ${last.push}`, lines };
  }
};
