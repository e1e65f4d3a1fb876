import { commands } from "../command-table.ts";
import type { System } from "../system.ts";
import { complete } from "./complete.ts";
import { createLookup } from "./lookup.ts";

/**
 * What the shells' scripts call: `sg __complete -- WORD… CURRENT`. A candidate a line, its summary behind a tab; the
 * line `:files` asks the shell to offer files. Silent whatever goes wrong.
 */
export async function runComplete(args: readonly string[], system: System): Promise<"ok"> {
  const words = args[0] === "--" ? args.slice(1) : args;
  const { candidates, files } = await complete(commands, words, createLookup(system));
  const lines = candidates.map(({ value, summary }) => `${value}\t${summary}`);
  if (files) lines.push(":files");
  system.stdout.write(lines.map((line) => `${line}\n`).join(""));
  return "ok";
}
