// `pnpm check`: everything that is checked without running the product. Types are checked by turbo before this.
import { spawnSync } from "node:child_process";

const checks = [
  ["format and lint", ["biome", "check", "--error-on-warnings", "."]],
  ["layers", ["node", "tooling/checks/layers.mjs"]],
  ["file length", ["node", "tooling/checks/file-length.mjs"]],
  ["ports for time and chance", ["node", "tooling/checks/ambient.mjs"]],
  ["links in documents", ["node", "tooling/checks/links.mjs"]],
  ["unused files, exports and dependencies", ["knip"]],
  ["package shape", ["node", "tooling/checks/packages.mjs"]],
  ["size budgets", ["node", "tooling/checks/size.mjs"]],
  ["API reports", ["node", "tooling/checks/api.mjs"]],
];

let failed = 0;
for (const [name, [command, ...args]] of checks) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  const ok = status === 0;
  // Our own checks end with one line that says what they looked at.
  const looked = ok && command === "node" ? `: ${stdout.trim()}` : "";
  console.log(`${ok ? "ok  " : "FAIL"} ${name}${looked}`);
  if (!ok) console.log(`${stdout ?? ""}${stderr ?? ""}${error ?? ""}`.trimEnd());
  if (!ok) failed++;
}
if (failed > 0) console.log(`\n${failed} of ${checks.length} checks failed`);
process.exit(failed === 0 ? 0 : 1);
