import { cut, measure, pad } from "./width.ts";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** Spaces between columns. */
const gap = 2;
/** No column is cut below this. */
const narrowest = 6;

/**
 * Lines of a table. Where it is wider than `columns`, the widest columns are cut until it fits; `null` is a place
 * without edges, where nothing is cut.
 */
export function formatTable(
  head: readonly Column[],
  rows: readonly (readonly string[])[],
  columns: number | null,
  paintHead: (text: string) => string = (text) => text,
): readonly string[] {
  const natural = head.map(({ title }, i) =>
    rows.reduce((most, row) => Math.max(most, measure(row[i] ?? "")), measure(title)),
  );
  const widths = columns === null ? natural : fit(natural, columns);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        const shown = columns === null ? cell : cut(cell, widths[i]!);
        const isLast = i === cells.length - 1 && head[i]?.align !== "right";
        return isLast ? shown : pad(shown, widths[i]!, head[i]?.align === "right" ? "left" : "right");
      })
      .join(" ".repeat(gap))
      .trimEnd();
  return [line(head.map(({ title }) => paintHead(title))), ...rows.map(line)];
}

/** Widths that fit: the widest give way first, all the same, and none beyond reason. */
function fit(natural: readonly number[], columns: number): readonly number[] {
  const room = columns - gap * (natural.length - 1);
  const sum = (cap: number): number => natural.reduce((total, width) => total + Math.min(width, cap), 0);
  let cap = Math.max(...natural, narrowest);
  while (cap > narrowest && sum(cap) > room) cap--;
  let spare = Math.max(0, room - sum(cap));
  return natural.map((width) => {
    const extra = Math.min(spare, Math.max(0, width - cap), 1);
    spare -= extra;
    return Math.min(width, cap) + extra;
  });
}
