import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** Names and tarballs of packages. */
export type Tarballs = ReadonlyMap<string, string>;

/** Packs every package of the workspace that is published, as it would be published. They must have been built. */
export async function packPackages(folder: string): Promise<Tarballs> {
  const names = await findPublished();
  const filters = names.map((name) => `--filter=${name}`);
  await runPnpm(root, [...filters, "pack", "--pack-destination", folder]);
  const files = await readdir(folder);
  return new Map(
    names.map((name) => {
      const stem = `${name.slice(1).replace("/", "-")}-`;
      const file = files.find((file) => file.startsWith(stem));
      if (file === undefined) throw new Error(`${name} left no tarball in ${folder}`);
      return [name, join(folder, file)];
    }),
  );
}

/** Runs the package manager that this workspace is used with; rejects with all that it said. */
export async function runPnpm(cwd: string, args: readonly string[]): Promise<void> {
  await run("npx", ["--yes", "pnpm@12", ...args], { cwd, maxBuffer: 1 << 24 }).catch((error) => {
    throw new Error(`pnpm ${args.join(" ")}:\n${error.stdout}${error.stderr}`);
  });
}

/** The names of all packages that are published. */
export async function findPublished(): Promise<readonly string[]> {
  const names: string[] = [];
  for (const group of ["packages", "apps"]) {
    for (const folder of await readdir(join(root, group))) {
      const manifest = JSON.parse(await readFile(join(root, group, folder, "package.json"), "utf8"));
      if (manifest.private !== true) names.push(manifest.name);
    }
  }
  return names;
}
