/** Memory in blocks of one size, which are used again and again. */
export interface BlockPool {
  /** Provides the memory, once. To be called before much can have come. */
  ready(): void;
  /** One of 1 MiB, whatever is in it; `null` where all that may be are in use. */
  take(): Uint8Array | null;
  /** A block that nobody holds any more. */
  give(block: Uint8Array): void;
}

/** Bytes that came although no more were wanted, in order. */
export interface Overflow {
  readonly isEmpty: boolean;
  /** Copies bytes in; false where the pool has no more room, and they are not all there. */
  append(bytes: Uint8Array): boolean;
  /** Copies the first bytes out, 64 KiB at most; not called where it is empty. */
  take(): Uint8Array;
  clear(): void;
}

const blockBytes = 1_048_576;
/**
 * 64 MiB: more than what a system buffers of one connection, which comes in one go when that is read again, with what its
 * peer sends meanwhile.
 */
const spareBlocks = 64;
/** 512 MiB for all connections together; those beyond the spare ones are made as they are needed, and collected after. */
const maxBlocks = 512;
const pageBytes = 4096;
const takenBytes = 65_536;

/**
 * Makes a pool. Its blocks are written to before they are needed: to copy into memory that the system has yet to provide
 * takes so long that a local peer sends faster (uploads of 1 GB grew the process by up to 560 MB, and mostly by 100 to 120 MB like this).
 */
export function createBlockPool(): BlockPool {
  let memory: Uint8Array | null = null;
  let spare: Uint8Array[] = [];
  let inUse = 0;

  function ready(): void {
    if (memory !== null) return;
    const whole = new Uint8Array(spareBlocks * blockBytes);
    for (let at = 0; at < whole.length; at += pageBytes) whole[at] = 1;
    spare = Array.from({ length: spareBlocks }, (_, i) => whole.subarray(i * blockBytes, (i + 1) * blockBytes));
    memory = whole;
  }

  return {
    ready,
    take() {
      ready();
      if (inUse === maxBlocks) return null;
      inUse++;
      return spare.pop() ?? new Uint8Array(blockBytes);
    },
    give(block) {
      inUse--;
      if (block.buffer === memory?.buffer) spare.push(block);
    },
  };
}

/**
 * Makes an empty overflow. Nothing is allocated for each piece, so that taking bytes in is faster than any peer sends
 * them: who reads a socket until it is empty ends only if that is so.
 */
export function createOverflow(pool: BlockPool): Overflow {
  const blocks: Uint8Array[] = [];
  /** Where the bytes begin in the first block, and end in the last. */
  let from = 0;
  let end = blockBytes;

  function dropFirst(): void {
    pool.give(blocks.shift()!);
    from = 0;
    if (blocks.length === 0) end = blockBytes;
  }

  return {
    get isEmpty() {
      return blocks.length === 0;
    },
    append(bytes) {
      for (let at = 0; at < bytes.length; ) {
        if (end === blockBytes) {
          const block = pool.take();
          if (block === null) return false;
          blocks.push(block);
          end = 0;
        }
        const part = bytes.subarray(at, at + blockBytes - end);
        blocks.at(-1)!.set(part, end);
        at += part.length;
        end += part.length;
      }
      return true;
    },
    take() {
      const last = blocks.length === 1 ? end : blockBytes;
      const taken = blocks[0]!.slice(from, Math.min(from + takenBytes, last));
      from += taken.length;
      if (from === last) dropFirst();
      return taken;
    },
    clear() {
      while (blocks.length > 0) dropFirst();
    },
  };
}
