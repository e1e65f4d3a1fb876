import type { Rule } from "../story.ts";

/** Payload, nonce and headers arrive as they were pushed, in the queue that they were pushed to. */
export const contentIntact: Rule = function* (story) {
  const rule = "content intact";
  for (const { id, deliveries, confirmed } of story.messages.values()) {
    for (const { content, digest, queue, line } of deliveries) {
      const push = story.contents.get(content)?.[0];
      if (push === undefined || push.line > line)
        yield { rule, text: `${id} holds what nobody had pushed`, lines: [line] };
      else if (push.digest !== digest)
        yield { rule, text: `${id} came with another content`, lines: [push.line, line] };
      else if (push.queue !== queue) yield { rule, text: `${id} came from another queue`, lines: [push.line, line] };
      const other = confirmed.find((candidate) => candidate.content !== content);
      if (other !== undefined)
        yield { rule, text: `${id} was confirmed for another content`, lines: [other.line, other.outcome!.line, line] };
    }
  }
};
