import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { StoreError } from "../../kernel/store-error.ts";
import { dataFileName, type Environment } from "./environment.ts";
import { systemFault } from "./store-faults.ts";
import { syncPath } from "./sync-path.ts";

/**
 * Copies the data file to `folder/backups/name/queues` while it is in use: the copy is of one moment. A backup is itself
 * a data folder; it gets its name once it is whole and on disk.
 *
 * @throws StoreError `taken`, `full` or `io`
 */
export async function backUp(
  folder: string,
  environment: Environment,
  name: string,
): Promise<{ readonly path: string; readonly bytes: number }> {
  if (name === "" || name === "." || name === ".." || /[/\\:\0]/.test(name))
    throw new StoreError("io", `A backup cannot be named ${JSON.stringify(name)}: it has to be a plain file name.`);
  const backups = join(folder, "backups");
  const path = join(backups, name);
  const unfinished = join(backups, `.${name}.unfinished`);
  const taken = () => new StoreError("taken", `There is a backup named ${JSON.stringify(name)} already: ${path}.`);
  if (existsSync(path)) throw taken();
  try {
    rmSync(unfinished, { recursive: true, force: true });
    const target = join(unfinished, "queues");
    mkdirSync(target, { recursive: true, mode: 0o700 });
    await environment.root.backup(target, false);
    const file = join(target, dataFileName);
    chmodSync(file, 0o600);
    await syncPath(file);
    await syncPath(target);
    await syncPath(unfinished);
    if (existsSync(path)) throw taken();
    renameSync(unfinished, path);
    await syncPath(backups);
    return { path, bytes: statSync(join(path, "queues", dataFileName)).size };
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw systemFault(backups, "write the backup to", error);
  }
}
