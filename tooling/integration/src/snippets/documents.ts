import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { extractSnippets } from "./extract.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** Documents of the workspace whose programs must work, with paths from its root, and where that is. */
export async function findDocuments(): Promise<readonly string[]> {
  const documents = ["README.md"];
  for (const group of ["packages", "apps"]) {
    for (const folder of await readdir(join(root, group))) documents.push(`${group}/${folder}/README.md`);
  }
  const guides = await readdir(join(root, "docs/guides")).catch(() => []);
  documents.push(...guides.filter((name) => name.endsWith(".md")).map((name) => `docs/guides/${name}`));
  const shown = await Promise.all(documents.map(async (document) => (await hasPrograms(document)) && document));
  return shown.filter((document) => document !== false);
}

/** Where a document lies. */
export function locate(document: string): string {
  return join(root, document);
}

async function hasPrograms(document: string): Promise<boolean> {
  return (await extractSnippets(locate(document), ["ts"]).catch(ignoreMissing)).length > 0;
}

function ignoreMissing(error: NodeJS.ErrnoException): readonly [] {
  if (error.code === "ENOENT") return [];
  throw error;
}
