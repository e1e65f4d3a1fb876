import type { Delivery, Push, Rule, Story } from "../story.ts";

/**
 * Messages that one connection pushed to one queue, of one target and priority and without delay, reach a receiver in that
 * order when they are delivered for the first time, within one run. Where a receiver was cut off meanwhile, which puts
 * what it had back into line, nothing is said.
 */
export const firstInFirstOut: Rule = function* (story) {
  for (const line of firstDeliveries(story)) {
    let latest: Pair | null = null;
    for (const pair of line) {
      if (latest === null || pair.push.line >= latest.push.line) latest = pair;
      else if (!wasDisturbed(story, pair)) {
        const lines = [pair.push.line, latest.push.line, latest.delivery.line, pair.delivery.line];
        const text = `${pair.delivery.message} came after ${latest.delivery.message}, which was pushed later`;
        yield { rule: "first in, first out", text, lines };
      }
    }
  }
};

interface Pair {
  readonly push: Push;
  readonly delivery: Delivery;
}

/** First deliveries of what is in one line and went to one receiver, as it read them. */
export function firstDeliveries(story: Story): readonly (readonly Pair[])[] {
  const lines = new Map<string, Pair[]>();
  for (const { deliveries } of story.messages.values()) {
    const delivery = deliveries[0];
    const pushes = delivery === undefined ? undefined : story.contents.get(delivery.content);
    if (pushes?.length !== 1 || delivery!.attempt !== 1) continue;
    const push = pushes[0]!;
    if (push.delayMs > 0 || push.from.run !== delivery!.to.run) continue;
    const key = [push.connection, delivery!.connection, push.queue, push.priority, push.target].join(" ");
    const pair = { push, delivery: delivery! };
    const line = lines.get(key);
    if (line === undefined) lines.set(key, [pair]);
    else line.push(pair);
  }
  for (const line of lines.values()) line.sort((a, b) => a.delivery.line - b.delivery.line);
  return [...lines.values()];
}

function wasDisturbed({ connections }: Story, { push, delivery }: Pair): boolean {
  for (const { run, cutLine, goneLine } of connections.values()) {
    if (run === delivery.to.run && cutLine < delivery.line && goneLine > push.line) return true;
  }
  return false;
}
