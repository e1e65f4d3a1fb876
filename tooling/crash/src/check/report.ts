import { readLines } from "../history/read-history.ts";
import type { Verdict } from "./check-history.ts";
import type { Violation } from "./story.ts";

const maxShownOfRule = 4;
const maxLinesShown = 14;
const maxLineChars = 300;

/** A verdict for people: the first violations of each rule with the lines of the history that show them, and what was counted. */
export async function formatVerdict({ violations, counts }: Verdict, path: string): Promise<string> {
  const byRule = new Map<string, Violation[]>();
  for (const violation of violations) byRule.set(violation.rule, [...(byRule.get(violation.rule) ?? []), violation]);
  const shown = [...byRule.values()].flatMap((broken) => broken.slice(0, maxShownOfRule));
  const text = await readLines(path, new Set(shown.flatMap(({ lines }) => lines.slice(0, maxLinesShown))));
  const parts = shown.map(({ rule, text: what, lines }) => {
    const quoted = lines
      .slice(0, maxLinesShown)
      .map((line) => `    ${line}: ${text.get(line)?.slice(0, maxLineChars)}`);
    return [`VIOLATION (${rule}): ${what}`, ...quoted].join("\n");
  });
  const tally = Object.entries(counts).map(([name, count]) => `  ${name.padEnd(22)} ${count}`);
  const rules = [...byRule].map(([rule, broken]) => `  ${rule.padEnd(22)} ${broken.length}`);
  return [...parts, ...tally, `${violations.length} violations`, ...rules].join("\n");
}
