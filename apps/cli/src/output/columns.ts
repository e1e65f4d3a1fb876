import type { Sink } from "../system.ts";

/** Of a terminal that does not say. */
const usualColumns = 80;

/** Columns of the terminal that a sink is. */
export function columnsOf({ columns }: Pick<Sink, "columns">): number {
  return columns || usualColumns;
}
