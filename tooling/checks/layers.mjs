// A file imports only from lower layers (docs/decisions/0001): in the server and in the client.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { finish, listFiles } from "./files.mjs";

/**
 * What is layered. `layers` are folders and files, from the lowest up: those of one number never import each other, but
 * for what `allowed` says. A file that is named counts by itself, not to its folder. `top` puts them together. Below `adapters` are folders that never import
 * each other, nor any layer but `portLayers`, and that `namesAdapters` alone may name.
 */
const sources = [
  {
    root: "apps/server/src/",
    layers: [
      ["ports"],
      ["kernel"],
      ["access", "trace"],
      ["registry"],
      ["router", "delivery"],
      ["queue", "topic", "stream", "resume", "proxy"],
      ["commands"],
      ["limits"],
      ["gateway", "http"],
    ],
    allowed: ["router → delivery", "topic → queue", "proxy → stream"],
    top: [
      "config",
      "compose.ts",
      "server.ts",
      "server-ports.ts",
      "wiring",
      "main.ts",
      "run.ts",
      "index.ts",
      "version.ts",
    ],
    exempt: ["testing"],
    portLayers: 2,
    namesAdapters: "compose.ts",
  },
  {
    root: "packages/client/src/",
    layers: [
      ["errors.ts", "platform", "channel", "metadata/types.ts", "metadata/typed.ts"],
      ["value"],
      ["codec"],
      ["metadata"],
      ["contract"],
      ["query", "status", "transport", "options/servers.ts"],
      ["session", "expression"],
      ["messaging"],
      ["options"],
      ["http"],
      ["work"],
      ["queue", "topic", "call", "asking"],
      ["serve-http"],
      ["client.ts"],
      ["registration", "telemetry"],
    ],
    top: ["closing.ts", "create-client.ts", "connect.ts", "index.ts"],
  },
];

const problems = [];
let imports = 0;
let files = 0;
for (const source of sources) check(source);
finish(problems, `${imports} imports in ${files} files`);

function check({ root, layers, allowed = [], top, exempt = [], portLayers = 0, namesAdapters = null }) {
  const levels = new Map(layers.flatMap((folders, level) => folders.map((folder) => [folder, level])));
  const checked = listFiles(/\.ts$/).filter(
    (file) =>
      file.startsWith(root) &&
      !/\.(test|kit|test-d)\.ts$/.test(file) &&
      !exempt.some((folder) => file.startsWith(`${root}${folder}/`)),
  );
  let seen = 0;
  for (const file of checked) {
    for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8"), true, true).importedFiles) {
      seen++;
      const problem = fileName.startsWith(".") ? judge(file.slice(root.length), fileName) : null;
      if (problem !== null) problems.push(`${file}: imports ${fileName}: ${problem}`);
    }
  }
  if (checked.length === 0 || seen < checked.length)
    problems.push(`${root}: only ${seen} imports seen in ${checked.length} files: this check has gone blind`);
  imports += seen;
  files += checked.length;

  function judge(from, specifier) {
    const target = join(dirname(from), specifier);
    if (target.startsWith("..")) return null;
    const [here, there] = [partOf(from), partOf(target)];
    if (here.folder === "adapters") {
      if (there.folder === "adapters")
        return here.adapter === there.adapter ? null : "adapters never import each other";
      return (levels.get(there.layer) ?? portLayers) < portLayers ? null : "adapters import ports and kernel only";
    }
    if (there.folder === "adapters") return from === namesAdapters ? null : `only ${namesAdapters} names adapters`;
    if (top.includes(here.layer)) return null;
    if (top.includes(there.layer)) return "the layers do not know what puts them together";
    const [level, lower] = [levels.get(here.layer), levels.get(there.layer)];
    if (level === undefined || lower === undefined)
      return `${level === undefined ? here.layer : there.layer} has no layer`;
    if (lower < level || (lower === level && here.folder === there.folder)) return null;
    if (lower === level && allowed.includes(`${here.layer} → ${there.layer}`)) return null;
    return `${here.layer} (layer ${level}) may not import ${there.layer} (layer ${lower})`;
  }

  function partOf(path) {
    const [folder, adapter] = path.split("/");
    return { folder, adapter, layer: levels.has(path) ? path : folder };
  }
}
