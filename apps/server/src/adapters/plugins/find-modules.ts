import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { PluginError } from "../../kernel/plugin-error.ts";
import { findEntry, findPackage } from "./package-entry.ts";

/** Where plugins are. */
export interface Places {
  /** Paths of modules or package folders, and names of packages. */
  readonly modules: readonly string[];
  /** Files and package folders in it are plugins as well, by name; it need not be there. Empty is none. */
  readonly folder: string;
  /** What paths are relative to, and where packages are looked for. */
  readonly cwd: string;
}

const isModule = /\.(js|mjs|ts|mts)$/;
/** What lies beside modules and is none. */
const isOther = /(^[._]|\.d\.m?ts$|\.(test|spec)\.\w+$|^node_modules$)/;

/** The files of all plugins that are to be loaded, each once: those that are listed, then those of the folder. @throws PluginError */
export function findModules({ modules, folder, cwd }: Places): readonly string[] {
  const listed = modules.map((given) => findListed(given, cwd));
  return [...new Set([...listed, ...(folder === "" ? [] : findInFolder(resolve(cwd, folder)))])];
}

function findListed(given: string, cwd: string): string {
  if (given.startsWith("file:")) return findAt(fileURLToPath(given), given);
  if (given.startsWith(".") || isAbsolute(given) || isModule.test(given)) return findAt(resolve(cwd, given), given);
  // A package beside the project, or one that was installed with the server.
  const found = findPackage(given, cwd) ?? findPackage(given, dirname(fileURLToPath(import.meta.url)));
  if (found === null) {
    throw new PluginError(`plugin ${given}: no such package is installed in ${cwd}; a path begins with ./ or /`);
  }
  return findEntry(found) ?? failEntry(given);
}

function findAt(path: string, given: string): string {
  if (!existsSync(path)) throw new PluginError(`plugin ${given}: there is no ${path}`);
  return statSync(path).isDirectory() ? (findEntry(path) ?? failEntry(given)) : path;
}

function failEntry(given: string): never {
  throw new PluginError(`plugin ${given}: the folder has neither a package.json nor an index.js, .mjs or .ts`);
}

/** Folders without a package.json or an index are not meant. */
function findInFolder(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  if (!statSync(folder).isDirectory()) throw new PluginError(`plugins: ${folder} is no folder`);
  const names = readdirSync(folder)
    .filter((name) => !isOther.test(name))
    .sort();
  return names.flatMap((name) => {
    const path = join(folder, name);
    const file = statSync(path).isDirectory() ? findEntry(path) : isModule.test(name) ? path : null;
    return file === null ? [] : [file];
  });
}
