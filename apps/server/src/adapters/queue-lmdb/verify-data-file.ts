import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { setImmediate as breathe } from "node:timers/promises";
import { StoreError } from "../../kernel/store-error.ts";
import { type Meta, metaPageBytes, noPage, readMeta } from "./data-page.ts";
import { formatVersion } from "./format.ts";
import { createFreeListCheck } from "./free-list-check.ts";
import { createPageReader } from "./page-reader.ts";
import { Damage } from "./page-set.ts";
import { createRecordCheck } from "./record-check.ts";
import { damagedStore } from "./store-faults.ts";
import { walkTree } from "./tree-walk.ts";

/** Work at a stretch, before the event loop gets its turn. */
const stretchMs = 3;
const maxMissingPages = 1 << 20;

/**
 * Reads all of a data file that is in use, without LMDB: whether every page is where it belongs, and every record is
 * what was written. LMDB itself maps the file into memory and believes what it finds, so that a damaged one could end
 * the process. Nothing may write to the file meanwhile.
 *
 * @returns false where there is no file, or an empty one
 * @throws StoreError `damaged` or `format`
 */
export async function verifyDataFile(folder: string, path: string): Promise<boolean> {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    if (size === 0) return false;
    await verify(folder, file, size);
    return true;
  } catch (error) {
    throw error instanceof Damage ? damagedStore(folder, error.message) : error;
  } finally {
    closeSync(file);
  }
}

async function verify(folder: string, file: number, fileBytes: number): Promise<void> {
  const meta = readLatestMeta(folder, file);
  // The last pages may be free and never written, but not without end.
  if (meta.lastPage > fileBytes / meta.pageBytes + maxMissingPages) throw new Damage("its file is far too short");
  const reader = createPageReader(file, meta);
  const breatheNow = breatheAfter(stretchMs);
  const records = createRecordCheck(breatheNow);
  await walkTree(reader, meta.main, records);
  const { version } = records;
  const trees = [...records.trees];
  // A first start that was cut short may have made the trees, and no more.
  if (version === null && trees.some(({ root }) => root !== noPage))
    throw new Damage("it does not say what its format is");
  if (version !== null && version !== formatVersion)
    throw new StoreError(
      "format",
      `The queues in ${folder} have format ${version}; this server knows format ${formatVersion}. Use the version of the server that wrote them.`,
    );
  for (const head of trees) await walkTree(reader, head, records);
  if (records.trees.length > trees.length) throw new Damage("it holds trees within trees");
  await walkTree(reader, meta.free, createFreeListCheck(reader.pages, meta, breatheNow));
}

/** The meta page of the last transaction; both pages have to be whole, as LMDB reads both. */
function readLatestMeta(folder: string, file: number): Meta {
  const first = metaAt(file, 0);
  const second = metaAt(file, first.pageBytes);
  for (const { version } of [first, second])
    if (version !== 2)
      throw new StoreError(
        "format",
        `The queues in ${folder} are in LMDB's format ${version}; this server knows format 2.`,
      );
  const latest = first.transaction >= second.transaction ? first : second;
  const gap = Math.abs(first.transaction - second.transaction);
  const whole =
    second.pageBytes === first.pageBytes &&
    gap <= 1 &&
    (gap === 0 || latest.transaction % 2 === (latest === first ? 0 : 1)) &&
    latest.lastPage >= 1 &&
    latest.main.flags === 0 &&
    latest.free.flags === 0x08;
  if (!whole) throw new Damage("its first pages do not agree");
  return latest;
}

function metaAt(file: number, at: number): Meta {
  const page = Buffer.alloc(metaPageBytes);
  const meta = readSync(file, page, 0, metaPageBytes, at) === metaPageBytes ? readMeta(page) : null;
  const powerOfTwo = meta !== null && (meta.pageBytes & (meta.pageBytes - 1)) === 0;
  if (meta === null || !powerOfTwo || meta.pageBytes < 512 || meta.pageBytes > 65_536)
    throw new Damage("its first pages are none of LMDB's");
  return meta;
}

/** Lets the event loop have its turn, once enough time has passed. */
function breatheAfter(ms: number): () => Promise<void> | null {
  let sinceMs = performance.now();
  return () => {
    if (performance.now() - sinceMs < ms) return null;
    return breathe().then(() => {
      sinceMs = performance.now();
    });
  };
}
