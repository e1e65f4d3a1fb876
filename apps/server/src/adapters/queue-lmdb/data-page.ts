import { endianness } from "node:os";

/**
 * The pages of an LMDB data file (format 2, little-endian), as far as it takes to tell a whole file from a damaged one.
 * Pages begin with their number, the transaction that wrote them, flags, and two bounds: behind the header lie
 * positions of nodes, up to `lower`, and from `upper` on the nodes themselves.
 */
export const pageHeadBytes = 24;
/** A tree without pages. */
export const noPage = -1;

export const pageKinds = { branch: 0x01, leaf: 0x02, overflow: 0x04, meta: 0x08 } as const;
/** What the value of a leaf's node is: in pages of its own, or a tree. */
export const nodeKinds = { plain: 0, overflow: 0x01, tree: 0x02 } as const;

const magic = 0xbeefc0de;
const metaBytes = 144;

/** Of a tree: its root, and what is counted of it. */
export interface TreeHead {
  readonly flags: number;
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  readonly root: number;
}

export const treeHeadBytes = 48;

/** Where everything starts: the file holds two, and the later transaction's counts. */
export interface Meta {
  readonly version: number;
  readonly pageBytes: number;
  readonly free: TreeHead;
  readonly main: TreeHead;
  readonly lastPage: number;
  readonly transaction: number;
}

/** Bytes to read for `readMeta`. */
export const metaPageBytes = pageHeadBytes + metaBytes;

/** Reads a meta page; `null` where it is none. */
export function readMeta(page: Buffer): Meta | null {
  const at = pageHeadBytes;
  if (endianness() !== "LE" || page.readUInt16LE(18) !== pageKinds.meta || page.readUInt32LE(at) !== magic) return null;
  return {
    version: page.readUInt32LE(at + 4) & 0xffff,
    pageBytes: page.readUInt32LE(at + 24),
    free: readTreeHead(page, at + 24),
    main: readTreeHead(page, at + 72),
    lastPage: readWhole(page, at + 120),
    transaction: readWhole(page, at + 128),
  };
}

export function readTreeHead(bytes: Buffer, at: number): TreeHead {
  return {
    flags: bytes.readUInt16LE(at + 4),
    depth: bytes.readUInt16LE(at + 6),
    branchPages: readWhole(bytes, at + 8),
    leafPages: readWhole(bytes, at + 16),
    overflowPages: readWhole(bytes, at + 24),
    entries: readWhole(bytes, at + 32),
    root: readWhole(bytes, at + 40),
  };
}

/** A whole number of 8 bytes; one beyond 2^53 is not a number, all ones are -1. */
export function readWhole(bytes: Buffer, at: number): number {
  const high = bytes.readInt32LE(at + 4);
  if (high >= 0x20_0000 || high < -0x20_0000) return Number.NaN;
  return high * 0x1_0000_0000 + bytes.readUInt32LE(at);
}
