import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { formatVerdict } from "../src/check/report.ts";
import { crash } from "../src/drive/crash.ts";
import { damages } from "../src/torn/damage.ts";
import { formatTorn } from "../src/torn/format-torn.ts";
import { restoredBackup } from "../src/torn/torn-trial.ts";

/** The short form of `pnpm crash`. */
const kills = 10;

it("keeps its word about queues when it is killed, again and again, and refuses folders that are damaged", async () => {
  const folder = mkdtempSync(join(tmpdir(), "singyeong-crash-history-"));
  const historyPath = join(folder, "history.ndjson");
  const seed = Date.now() % 1_000_000_007;
  try {
    const { verdict, torn, failure } = await crash({
      server: null,
      kills,
      torn: damages.length,
      seed,
      historyPath,
      report: () => {},
    });
    expect(verdict.violations.length, `seed ${seed}\n${await formatVerdict(verdict, historyPath)}`).toBe(0);
    expect(failure).toBeNull();
    expect(torn.faults, `seed ${seed}\n${formatTorn(torn)}`).toEqual([]);
    const harmless = [...damages, restoredBackup].filter(({ isHarmless }) => isHarmless).map(({ name }) => name);
    expect([...torn.intact.keys()]).toEqual(expect.arrayContaining(harmless));
    expect(torn.messages).toBeGreaterThan(0);
    // Others may hit nothing that is in use; a file cut off behind its first pages cannot.
    expect(torn.refused.size).toBeGreaterThanOrEqual(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
