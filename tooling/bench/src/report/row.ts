import type { Figure } from "../measure/stats.ts";

/** What a score has to reach. */
export interface Target {
  readonly bound: "at most" | "at least";
  readonly value: number;
}

/** One comparison of a benchmark. */
export interface Row {
  readonly name: string;
  /** Unit of `subject` and `control`. */
  readonly unit: string;
  readonly subject: Figure;
  /** `null` where a figure stands on its own. */
  readonly control: Figure | null;
  /** What the target speaks of; usually subject against control, computed round by round. */
  readonly score: Figure;
  /** `×` for a ratio. */
  readonly scoreUnit: string;
  /** `null` where the row is only there to be read. */
  readonly target: Target | null;
  /** Further figures, by name and unit. */
  readonly extras: Readonly<Record<string, number>>;
}

/** Whether a row's median reaches its target; `null` where it has none. */
export function meetsTarget({ score, target }: Row): boolean | null {
  if (target === null) return null;
  return target.bound === "at most" ? score.median <= target.value : score.median >= target.value;
}
