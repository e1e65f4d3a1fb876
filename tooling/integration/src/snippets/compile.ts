import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

/**
 * Compiles files of a project as its own compiler would, strictly.
 * @param options beside these, as in tsconfig.json
 * @returns what the compiler complains about; empty where it does not
 */
export async function compile(
  project: string,
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<string> {
  const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: true };
  const compilerOptions = { ...strict, module: "nodenext", moduleDetection: "force", ...options };
  const config = join(project, "tsconfig.json");
  await writeFile(config, JSON.stringify({ compilerOptions, files }));
  return run(process.execPath, [tsc, "-p", config], { cwd: project }).then(
    () => "",
    (error: { stdout: string; stderr: string }) => `${error.stdout}${error.stderr}`,
  );
}
