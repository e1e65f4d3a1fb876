// Layers of the server: a file imports only from lower layers (docs/decisions/0001).
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { finish, listFiles } from "./files.mjs";

const root = "apps/server/src/";
/** Folders by layer. Folders of one number never import each other. */
const layers = [
  ["ports"],
  ["kernel"],
  ["registry"],
  ["router", "delivery"],
  ["queue", "topic", "stream"],
  ["commands"],
  ["gateway", "http"],
];
/** The exceptions to "folders of one number never import each other". */
const allowed = new Set(["router → delivery", "topic → queue"]);
/** Files at the top, which put the layers together, and the only one that may name adapters. */
const top = ["config", "compose.ts", "server.ts", "main.ts", "index.ts", "version.ts"];
const namesAdapters = "compose.ts";

const levels = new Map(layers.flatMap((folders, level) => folders.map((folder) => [folder, level])));
const problems = [];
let imports = 0;

const files = listFiles(/^apps\/server\/src\/.*\.ts$/).filter(
  (file) => !file.endsWith(".test.ts") && !file.startsWith(`${root}testing/`),
);
for (const file of files) {
  for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8"), true, true).importedFiles) {
    imports++;
    const problem = fileName.startsWith(".") ? judge(file.slice(root.length), fileName) : null;
    if (problem !== null) problems.push(`${file}: imports ${fileName}: ${problem}`);
  }
}
if (imports < files.length)
  problems.push(`only ${imports} imports seen in ${files.length} files: this check has gone blind`);
finish(problems, `${imports} imports in ${files.length} files`);

function judge(from, specifier) {
  const target = join(dirname(from), specifier);
  const [here, there] = [partOf(from), partOf(target)];
  if (target.startsWith("..")) return null;
  if (here.folder === "adapters") {
    if (there.folder === "adapters") return here.adapter === there.adapter ? null : "adapters never import each other";
    return (levels.get(there.folder) ?? 99) <= 1 ? null : "adapters import ports and kernel only";
  }
  if (there.folder === "adapters") return from === namesAdapters ? null : `only ${namesAdapters} names adapters`;
  if (top.includes(here.folder)) return null;
  if (top.includes(there.folder)) return "the layers do not know what puts them together";
  const [level, lower] = [levels.get(here.folder), levels.get(there.folder)];
  if (level === undefined || lower === undefined) return "this folder has no layer";
  if (here.folder === there.folder || lower < level) return null;
  if (lower === level && allowed.has(`${here.folder} → ${there.folder}`)) return null;
  return `${here.folder} (layer ${level}) may not import ${there.folder} (layer ${lower})`;
}

function partOf(path) {
  const [folder, adapter] = path.split("/");
  return { folder, adapter };
}
