import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runPnpm, type Tarballs } from "./pack.ts";

/** Projects that install the packages, by name: what each lists as its dependencies. */
export type Consumers = Readonly<Record<string, readonly string[]>>;

/**
 * Installs tarballs into projects of their own below `folder`, as strangers would: each sees what it lists, and a
 * package sees what its manifest lists. Everything else comes from the registry, or from what was fetched before.
 */
export async function installConsumers(folder: string, tarballs: Tarballs, consumers: Consumers): Promise<void> {
  const overrides = [...tarballs].map(([name, file]) => `  ${JSON.stringify(name)}: ${JSON.stringify(`file:${file}`)}`);
  const settings = ["packages: ['*']", "hoist: false", "overrides:", ...overrides, ""].join("\n");
  await writeFile(join(folder, "pnpm-workspace.yaml"), settings);
  await writeManifest(folder, "consumers", []);
  for (const [name, dependencies] of Object.entries(consumers)) {
    await mkdir(join(folder, name), { recursive: true });
    await writeManifest(join(folder, name), name, dependencies);
  }
  await runPnpm(folder, ["install", "--prefer-offline", "--ignore-scripts", "--no-frozen-lockfile"]);
}

function writeManifest(folder: string, name: string, dependencies: readonly string[]): Promise<void> {
  const listed = dependencies.map((dependency) => {
    const at = dependency.lastIndexOf("@");
    return at > 0 ? [dependency.slice(0, at), dependency.slice(at + 1)] : [dependency, "*"];
  });
  const manifest = { name, private: true, type: "module", dependencies: Object.fromEntries(listed) };
  return writeFile(join(folder, "package.json"), JSON.stringify(manifest));
}
