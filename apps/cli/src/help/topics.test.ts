import { describe, expect, it } from "vitest";
import { commands } from "../command-table.ts";
import { createPaint } from "../output/colour.ts";
import { parseCommandLine } from "../program.ts";
import { topics } from "./topics.ts";

const paint = createPaint({ isTTY: false } as never, {});

describe.each(["calls", "topics"])("the page on %s", (name) => {
  const lines = topics.find((topic) => topic.name === name)!.lines({ paint });

  it("fits a terminal of 80 columns", () => {
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it("shows command lines that sg takes", () => {
    const shown = lines.flatMap((line) => /^ {2}sg (.*?)(?: {2,}| < |$)/.exec(line)?.[1] ?? []);
    expect(shown.length).toBeGreaterThan(5);
    for (const line of shown) {
      const argv = line.match(/'[^']*'|\S+/g)!.map((part) => part.replaceAll("'", ""));
      expect(parseCommandLine(commands, argv), line).toMatchObject({ type: "run" });
    }
  });
});
