// `pnpm test`: provides what tests need beyond npm, runs all of them, and closes with the line `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureChromium } from "../services/chromium.mjs";

const report = join(mkdtempSync(join(tmpdir(), "singyeong-test-")), "report.json");
process.env.SINGYEONG_CHROMIUM = ensureChromium();

const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const { status } = spawnSync("vitest", ["run", ...reporters, ...process.argv.slice(2)], { stdio: "inherit" });
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
  readFileSync(report, "utf8"),
);
const skipped = numPendingTests + numTodoTests;
// A file that does not even load counts as a failure, and so does a test that was skipped: green means that all ran.
const broken = testResults.filter(
  ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
).length;
const failed = numFailedTests + broken + skipped;
if (skipped > 0) console.log(`${skipped} tests were skipped, which counts as failed`);
console.log(`${numPassedTests} passed, ${failed} failed`);
process.exit(status === 0 && failed === 0 && numPassedTests > 0 ? 0 : 1);
