import { mkdirSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { formatVerdict } from "./check/report.ts";
import { crash } from "./drive/crash.ts";
import { formatTorn } from "./torn/format-torn.ts";

/** Histories that broke a rule, kept out of the repository. */
const historyDirectory = join(import.meta.dirname, "../../../.crash");

const usage = `usage: pnpm crash [--kills N] [--torn N] [--seed N] [--server FILE] [--keep]

Kills the server N times (200) under load, starts it from N damaged folders (88) in between, and checks the history.

  --seed   chance as it was in an earlier run, as far as processes let it be
  --server main file of the server, where it is not the one built here
  --keep   keep the history also where no rule was broken
`;

/** Exit codes: 0 no rule was broken, 1 one was, 2 misused. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      kills: { type: "string", default: "200" },
      torn: { type: "string", default: "88" },
      seed: { type: "string", default: String(Date.now() % 1_000_000_007) },
      server: { type: "string" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [kills, torn, seed] = [values.kills, values.torn, values.seed].map(Number) as [number, number, number];
  if (values.help || ![kills, torn, seed].every((count) => Number.isSafeInteger(count) && count >= 0)) {
    (values.help ? process.stdout : process.stderr).write(usage);
    return values.help ? 0 : 2;
  }
  mkdirSync(historyDirectory, { recursive: true });
  const historyPath = join(historyDirectory, `${seed}.ndjson`);
  const began = Date.now();
  const report = (line: string): void => void process.stdout.write(`${line}\n`);
  report(`seed ${seed}: ${kills} kills, ${torn} damaged folders`);
  const result = await crash({
    server: values.server === undefined ? null : resolve(values.server),
    kills,
    torn,
    seed,
    historyPath,
    report,
  });
  report(await formatVerdict(result.verdict, historyPath));
  report(formatTorn(result.torn));
  report(`took ${Math.round((Date.now() - began) / 1000)} s`);
  if (result.failure !== null) report(`not carried through: ${result.failure.stack}`);
  const isBroken = result.failure !== null || result.verdict.violations.length > 0 || result.torn.faults.length > 0;
  if (isBroken || values.keep) report(`the history is ${relative(process.cwd(), historyPath)}`);
  else rmSync(historyPath);
  return isBroken ? 1 : 0;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  },
);
