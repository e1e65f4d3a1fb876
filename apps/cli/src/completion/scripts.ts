import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Shells that `sg` can be completed in. */
export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** The script that teaches a shell to complete `sg`. It asks `sg __complete`, so it never grows old. */
export function readCompletionScript(shell: Shell): string {
  const home = dirname(createRequire(import.meta.url).resolve("@singyeong/cli/package.json"));
  return readFileSync(join(home, "completions", `sg.${shell}`), "utf8");
}
