import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";

/**
 * Takes room on the disk before LMDB needs it, so that a full disk is met here: LMDB may end the process
 * where it is refused room for a page (it writes its complaint beyond the memory that it has for it).
 */
export interface DiskRoom {
  /** Bytes that the file has on the disk. */
  readonly bytes: number;
  /** Makes the file at least this long; rejects, and leaves it as it was, where the disk is full. */
  extend(bytes: number): Promise<void>;
  close(): Promise<void>;
}

/** Written at a time. */
const stepBytes = 1024 * 1024;
const zeros = Buffer.alloc(stepBytes);

export async function openDiskRoom(path: string): Promise<DiskRoom> {
  const handle: FileHandle = await open(path, "r+");
  let { size } = await handle.stat();

  async function write(from: number, to: number): Promise<void> {
    for (let at = from; at < to; ) {
      const { bytesWritten } = await handle.write(zeros, 0, Math.min(stepBytes, to - at), at);
      at += bytesWritten;
    }
  }

  return {
    get bytes() {
      return size;
    },
    async extend(bytes) {
      if (bytes <= size) return;
      // It may have grown without this.
      size = Math.max(size, (await handle.stat()).size);
      try {
        await write(size, bytes);
        size = Math.max(size, bytes);
      } catch (error) {
        await handle.truncate(size);
        throw error;
      }
    },
    close: () => handle.close(),
  };
}
