// The files that checks look at: what git tracks or would track.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Paths from the root of the workspace that match a pattern. Fails where there is none: a check that sees nothing is broken. */
export function listFiles(pattern) {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" });
  const files = listed.split("\n").filter((path) => pattern.test(path) && existsSync(path));
  if (files.length === 0) throw new Error(`no file matches ${pattern}`);
  return files;
}

/** Ends the check: prints what is wrong, or how much was looked at. */
export function finish(problems, looked) {
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log(looked);
  process.exit(problems.length === 0 ? 0 : 1);
}
