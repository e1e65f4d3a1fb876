import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure, misuse } from "../failure.ts";

/** What the template's plugin is called. */
const templateName = /my-plugin/g;

/** Names of plugins, which are parts of paths and of settings. */
const nameRule = /^[a-z][a-z0-9-]{0,63}$/;

/** Where the build puts the template: beside the program. */
const template = fileURLToPath(new URL("./plugin-template", import.meta.url));

/**
 * Writes a plugin that works into a new folder, or an empty one.
 * @returns the files that it has, in the order of their names
 * @throws Failure `cli/misuse` for a name that is none and for a folder with something in it
 */
export function writePlugin(name: string, folder: string): readonly string[] {
  if (!nameRule.test(name))
    throw misuse(`"${name}" is no name for a plugin`, "It begins with a letter and has small letters, digits and -.");
  if (existsSync(folder) && !(statSync(folder).isDirectory() && readdirSync(folder).length === 0))
    throw misuse(`${folder} is there already`, "--folder names another place.");
  if (!existsSync(template)) throw new Failure("failed", "cli/internal", "this sg was built without the template");
  mkdirSync(dirname(folder), { recursive: true });
  cpSync(template, folder, { recursive: true });
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) writeFileSync(file, readFileSync(file, "utf8").replace(templateName, name));
  return files;
}
