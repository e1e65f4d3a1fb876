import type { Story } from "./story.ts";

/**
 * How many deliveries of one message of a queue may have been under way between two lines and been read by nobody: one
 * for each receiver that was cut off, and one for each end of a run that had receivers.
 */
export type CountLosses = (queue: string, fromLine: number, toLine: number) => number;

export function createLossCounter(story: Story): CountLosses {
  const connections = [...story.connections.values()];
  const cuts = connections.filter(({ cutLine, requested }) => requested.size > 0 && Number.isFinite(cutLine));
  const askedIn = new Map<number, Map<string, number>>();
  for (const { run, requested } of connections) {
    const first = askedIn.get(run.number) ?? new Map<string, number>();
    askedIn.set(run.number, first);
    for (const [queue, line] of requested) first.set(queue, Math.min(line, first.get(queue) ?? line));
  }
  const ends = [...story.runs.values()].filter(({ ending }) => ending !== null);

  return (queue, fromLine, toLine) => {
    let losses = 0;
    for (const { requested, cutLine, goneLine } of cuts) {
      if ((requested.get(queue) ?? toLine) < toLine && cutLine < toLine && goneLine > fromLine) losses++;
    }
    for (const { number, ending } of ends) {
      const isBetween = ending!.line > fromLine && ending!.line < toLine;
      if (isBetween && (askedIn.get(number)?.get(queue) ?? toLine) < toLine) losses++;
    }
    return losses;
  };
}
