import type { Figure } from "../measure/stats.ts";
import { meetsTarget, type Row } from "./row.ts";

/** Rows as a table for people: medians, and for the score also the least and the greatest round. */
export function formatTable(rows: readonly Row[]): string {
  const extraNames = [...new Set(rows.flatMap((row) => Object.keys(row.extras)))];
  const head = ["row", "unit", "subject", "control", "score", "least…greatest", "target", "", ...extraNames];
  const body = rows.map((row) => [
    row.name,
    row.unit,
    formatNumber(row.subject.median),
    row.control === null ? "–" : formatNumber(row.control.median),
    `${formatNumber(row.score.median)} ${row.scoreUnit}`,
    formatSpread(row.score),
    row.target === null ? "–" : `${row.target.bound === "at most" ? "≤" : "≥"} ${row.target.value}`,
    { true: "met", false: "MISSED", null: "" }[String(meetsTarget(row)) as "true" | "false" | "null"],
    ...extraNames.map((name) => (name in row.extras ? formatNumber(row.extras[name]!) : "")),
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...body.map((cells) => cells[i]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join("  ")
      .trimEnd();
  return `${[line(head), line(widths.map((width) => "─".repeat(width))), ...body.map(line)].join("\n")}\n`;
}

function formatSpread({ least, greatest }: Figure): string {
  return `${formatNumber(least)}…${formatNumber(greatest)}`;
}

/** Three significant digits, or whole where that is more. */
function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}
