import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A temporary folder of a process under measurement; also gone where this process exits early. */
export interface Folder {
  readonly path: string;
  remove(): void;
}

/** What statfs(2) calls a file system in memory. */
const tmpfs = 0x01021994;

export function createFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "singyeong-bench-"));
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  process.once("exit", remove);
  return {
    path,
    remove() {
      process.off("exit", remove);
      remove();
    },
  };
}

/** @throws where what is written to temporary folders never reaches a disk, so that durability would cost nothing */
export function requireDisk(): void {
  if (statfsSync(tmpdir()).type === tmpfs)
    throw new Error(`${tmpdir()} is in memory: name a folder on a disk in TMPDIR`);
}
