import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { PluginError } from "../../kernel/plugin-error.ts";

const conditions: ReadonlySet<string> = new Set(["node", "import", "module-sync", "default"]);
const indexes = ["index.js", "index.mjs", "index.ts"];

/** The file that a package folder begins with; `null` where the folder is no package. @throws PluginError */
export function findEntry(folder: string): string | null {
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) return findFile(folder, indexes);
  const { exports, main } = readManifest(manifest);
  const listed = exports === undefined ? (typeof main === "string" ? main : null) : pickExport(exports);
  const entry =
    listed === null && exports === undefined ? findFile(folder, indexes) : listed && resolve(folder, listed);
  if (entry === null || !existsSync(entry)) {
    throw new PluginError(`plugin ${folder}: its package.json names no module that is there (exports, or main)`);
  }
  return entry;
}

/** The folder of an installed package, as a module in `from` would have it; `null` where there is none. */
export function findPackage(name: string, from: string): string | null {
  for (let folder = from; ; folder = resolve(folder, "..")) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
    if (folder === resolve(folder, "..")) return null;
  }
}

function findFile(folder: string, names: readonly string[]): string | null {
  const name = names.find((name) => existsSync(join(folder, name)));
  return name === undefined ? null : join(folder, name);
}

function readManifest(file: string): { readonly exports?: unknown; readonly main?: unknown } {
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof manifest === "object" && manifest !== null ? manifest : {};
  } catch (error) {
    throw new PluginError(`plugin ${file}: ${error instanceof Error ? error.message : error}`, error);
  }
}

/** What `exports` has for the package itself when it is imported. */
function pickExport(exports: unknown): string | null {
  if (typeof exports === "string") return exports;
  if (Array.isArray(exports)) return exports.map(pickExport).find((found) => found !== null) ?? null;
  if (typeof exports !== "object" || exports === null) return null;
  if (Object.hasOwn(exports, ".")) return pickExport((exports as { "."?: unknown })["."]);
  for (const [condition, target] of Object.entries(exports)) {
    const found = conditions.has(condition) ? pickExport(target) : null;
    if (found !== null) return found;
  }
  return null;
}
