import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkHistory, type Verdict } from "../check/check-history.ts";
import { createHistoryWriter } from "../history/history-writer.ts";
import { readHistory } from "../history/read-history.ts";
import { createTornTrial, type TornTally } from "../torn/torn-trial.ts";
import { runCampaign } from "./campaign.ts";
import { createRandom } from "./random.ts";
import { requirementsFor } from "./requirements.ts";
import { findFreePort } from "./server-process.ts";
import { attemptMs, dedupMs, leaseMs, retryMs } from "./settings.ts";
import { createWorld } from "./world.ts";

export interface CrashOptions {
  /** Main file of the server; `null` is the one built here. */
  readonly server: string | null;
  readonly kills: number;
  /** Folders that are damaged and started from. */
  readonly torn: number;
  readonly seed: number;
  /** Where the history is written. */
  readonly historyPath: string;
  /** Told how it goes. */
  readonly report: (line: string) => void;
}

export interface CrashResult {
  readonly verdict: Verdict;
  readonly torn: TornTally;
  /** Why it could not be carried through; `null` where it was. */
  readonly failure: Error | null;
}

/** How far times may be off: frames tell when they were written, leases begin before, and this machine may be busy. */
const toleranceMs = 300;
/** Folders damaged after one kill. */
const tornAtOnce = 4;

/** Kills the built server over and over under load, then checks the history of it. */
export async function crash({ server, kills, torn, seed, historyPath, report }: CrashOptions): Promise<CrashResult> {
  const folder = mkdtempSync(join(tmpdir(), "singyeong-crash-"));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", removeFolder);
  const history = createHistoryWriter(historyPath);
  try {
    const main = server ?? findBuiltServer();
    const dataDir = join(folder, "data");
    mkdirSync(dataDir);
    const required = requirementsFor(kills);
    history.write({ event: "begin", seed, leaseMs, retryMs, dedupMs, attemptMs, toleranceMs, required });
    const world = createWorld(await findFreePort(), createRandom(seed), history.write);
    const trial = createTornTrial({ main, folder, random: createRandom(seed + 1), report });
    let tried = 0;
    const failure = await runCampaign({
      world,
      main,
      dataDir,
      kills,
      backedUp: trial.restore,
      async afterKill(kill) {
        if (kill % 10 === 0) report(`${kill} of ${kills} kills, ${world.ledger.surviving().size} messages waiting`);
        const due = Math.min(torn, Math.floor((torn * kill) / kills));
        if (due - tried < Math.min(tornAtOnce, torn - tried) || tried === torn) return;
        for (; tried < due; tried++) await trial.damage(dataDir, world.ledger.surviving());
      },
    }).then(
      () => null,
      (error: Error) => error,
    );
    history.close();
    return { verdict: await checkHistory(readHistory(historyPath)), torn: trial.tally, failure };
  } finally {
    process.off("exit", removeFolder);
    removeFolder();
  }
}

function findBuiltServer(): string {
  return join(dirname(createRequire(import.meta.url).resolve("@singyeong/server/package.json")), "dist/main.js");
}
