// `pnpm test`: provides what tests need beyond npm, runs all of them, and closes with the line `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureChromium } from "../services/chromium.mjs";
import { ensureNats } from "../services/nats.mjs";
import { ensureNginx } from "../services/nginx.mjs";
import { ensureRedis } from "../services/redis.mjs";

const folder = mkdtempSync(join(tmpdir(), "singyeong-test-"));
const report = join(folder, "report.json");
process.env.SINGYEONG_CHROMIUM = ensureChromium() ?? end(0, 1);
// For benchmarks beside ours, which the tests run small: they do without where these are not to be had.
ensureRedis();
ensureNats();
ensureNginx();

const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const { status } = spawnSync("vitest", ["run", ...reporters, ...process.argv.slice(2)], { stdio: "inherit" });
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = readReport() ?? end(0, 1);
const skipped = numPendingTests + numTodoTests;
// A file that does not even load counts as a failure, and so does a test that was skipped: green means that all ran.
const broken = testResults.filter(
  ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
).length;
const failed = numFailedTests + broken + skipped;
if (skipped > 0) console.log(`${skipped} tests were skipped, which counts as failed`);
end(numPassedTests, status === 0 ? failed : Math.max(failed, 1));

/** What vitest reported; `null` where it died before it could. */
function readReport() {
  try {
    return JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return null;
  }
}

function end(passed, failed) {
  rmSync(folder, { recursive: true, force: true });
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}
