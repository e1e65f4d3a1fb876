// What the client costs a browser stays within its budgets (.size-limit.mjs), minified and compressed with gzip.
import { spawnSync } from "node:child_process";
import { finish, listFiles } from "./files.mjs";

const budgets = listFiles(/^packages\/[^/]+\/\.size-limit\.mjs$/).flatMap((file) => {
  const { stdout, stderr } = spawnSync("size-limit", ["--json", "--config", file], { encoding: "utf8" });
  if (!stdout.trimStart().startsWith("[")) finish([`${file}: size-limit:\n${stdout}${stderr}`], "");
  return JSON.parse(stdout);
});
const problems = budgets.flatMap(({ name, size, sizeLimit, passed }) =>
  passed === true ? [] : [`${name}: ${size} bytes, at most ${sizeLimit}`],
);
const kilobytes = (bytes) => (bytes / 1000).toFixed(1);
finish(
  problems,
  budgets.map(({ name, size, sizeLimit }) => `${name} ${kilobytes(size)} of ${kilobytes(sizeLimit)} kB`).join(", "),
);
