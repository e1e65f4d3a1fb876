// Every package that is published is shaped so that its users' tools understand it (publint, attw).
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { finish, listFiles } from "./files.mjs";

const published = listFiles(/^(packages|apps)\/[^/]+\/package\.json$/).filter(
  (file) => JSON.parse(readFileSync(file, "utf8")).private !== true,
);
const problems = published.flatMap((file) => {
  const cwd = dirname(file);
  return [run(cwd, "publint", ["--strict"]), run(cwd, "attw", ["--pack", ".", "--profile", "esm-only"])].flat();
});
finish(problems, `${published.length} packages`);

function run(cwd, command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  return status === 0 ? [] : [`${cwd}: ${command}:\n${stdout}${stderr}`];
}
