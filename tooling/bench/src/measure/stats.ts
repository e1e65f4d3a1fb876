/** What several rounds came to. */
export interface Figure {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

/** Sums rounds up. @throws where there are none */
export function summarise(values: readonly number[]): Figure {
  if (values.length === 0) throw new Error("there are no rounds to sum up");
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, least: sorted[0]!, greatest: sorted.at(-1)! };
}

/** Sums up the quotients of rounds that ran side by side: what both suffered from the machine falls out. */
export function summariseRatios(subject: readonly number[], control: readonly number[]): Figure {
  return summarise(subject.map((value, round) => value / control[round]!));
}

/** The sample below which `share` (0 … 1) of all samples lie. `sorted` ascends and is not empty. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
