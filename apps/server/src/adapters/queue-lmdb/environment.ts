import { type Database, open, type RootDatabase } from "lmdb";

/** Trees of records in the one data file. Those by seq have 8 byte keys, those by name the name's bytes. */
export interface Environment {
  /** The named numbers of the store; the other trees hang off it. */
  readonly root: RootDatabase<Uint8Array, Buffer>;
  readonly messages: SeqTree;
  /** Where messages stand that no longer stand where they began. */
  readonly standings: SeqTree;
  readonly identities: SeqTree;
  /** Queues that are paused. */
  readonly paused: Database<Uint8Array, Buffer>;
  /** Bytes of a page. */
  readonly pageBytes: number;
  /** How large the file is and what of it is in use, in pages. Takes some 15 µs. */
  space(): Space;
}

export interface Space {
  readonly filePages: number;
  readonly usedPages: number;
}

export type SeqTree = Database<Uint8Array, number>;

export const dataFileName = "data.mdb";

const seqKeys = {
  writeKey(seq: number, target: Buffer, at: number): number {
    target.writeUInt32BE(Math.floor(seq / 0x1_0000_0000), at);
    return target.writeUInt32BE(seq >>> 0, at + 4);
  },
  readKey: (source: Buffer, at: number): number =>
    Buffer.prototype.readUInt32BE.call(source, at) * 0x1_0000_0000 + Buffer.prototype.readUInt32BE.call(source, at + 4),
};

interface TreeStats {
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

interface RootStats extends TreeStats {
  readonly pageSize: number;
  readonly lastPageNumber: number;
  readonly free: TreeStats;
}

/** Opens the data file in `folder`, making it where there is none, with room for `mapBytes` in the address space. */
export function openEnvironment(folder: string, mapBytes: number): Environment {
  const root = open<Uint8Array, Buffer>({
    path: folder,
    mapSize: mapBytes,
    maxDbs: 8,
    permissionsMode: 0o600,
    encoding: "binary",
    keyEncoding: "binary",
    // A commit is done when it is on disk, not when others can see it.
    overlappingSync: false,
    // A commit begins at once: its caller has made the group.
    eventTurnBatching: false,
    // Messages are read in no order that reading ahead would help.
    noReadAhead: true,
  } as Parameters<typeof open>[0]) as RootDatabase<Uint8Array, Buffer>;
  const bySeq = (name: string): SeqTree =>
    root.openDB<Uint8Array, number>({ name, encoding: "binary", keyEncoder: seqKeys } as never);
  const trees = {
    messages: bySeq("messages"),
    standings: bySeq("standings"),
    identities: bySeq("identities"),
    paused: root.openDB<Uint8Array, Buffer>({ name: "paused", encoding: "binary", keyEncoding: "binary" }),
  };
  const named = Object.values(trees) as unknown as { readonly db: { stat(): TreeStats } }[];

  return {
    root,
    ...trees,
    pageBytes: (root.getStats() as RootStats).pageSize,
    space() {
      const stats = root.getStats() as RootStats;
      let usedPages = 2 + pagesOf(stats) + pagesOf(stats.free);
      for (const { db } of named) usedPages += pagesOf(db.stat());
      return { filePages: stats.lastPageNumber + 1, usedPages };
    },
  };
}

function pagesOf({ treeBranchPageCount, treeLeafPageCount, overflowPages }: TreeStats): number {
  return treeBranchPageCount + treeLeafPageCount + overflowPages;
}
