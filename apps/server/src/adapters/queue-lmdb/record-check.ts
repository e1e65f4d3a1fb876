import { crc32 } from "node:zlib";
import type { TreeHead } from "./data-page.ts";
import { numberNames } from "./format.ts";
import { Damage } from "./page-set.ts";
import { readNamedNumber } from "./records.ts";
import type { Findings } from "./tree-walk.ts";

/** What the records of a data file have told. */
export interface RecordCheck extends Findings {
  readonly trees: readonly TreeHead[];
  /** The version of the format, `null` where none is there. */
  readonly version: number | null;
}

const formatKey = Buffer.from(numberNames.format);

/** Checks that values are whole records, each of its key (records.ts). */
export function createRecordCheck(breathe: () => Promise<void> | null): RecordCheck {
  const trees: TreeHead[] = [];
  let version: number | null = null;
  let key = Buffer.alloc(0);
  let page = 0;
  let isFirst = true;
  let expected = 0;
  let sum = 0;

  return {
    breathe,
    order: (a, b) => a.compare(b),
    trees,
    get version() {
      return version;
    },
    tree(head) {
      if (head.flags !== 0) throw new Damage("it holds a tree of an unknown kind");
      trees.push(head);
    },
    begin(begun, at) {
      key = begun as Buffer<ArrayBuffer>;
      page = at;
      isFirst = true;
    },
    slice(bytes) {
      if (!isFirst) {
        sum = crc32(bytes, sum);
        return;
      }
      isFirst = false;
      if (bytes.byteLength < 4 + key.byteLength || !bytes.subarray(4, 4 + key.byteLength).equals(key))
        throw new Damage(`page ${page} holds another record than it should`);
      expected = bytes.readUInt32LE(0);
      sum = crc32(bytes.subarray(4));
      if (sum === expected && key.byteLength === formatKey.byteLength && key.equals(formatKey))
        version = readNamedNumber(bytes);
    },
    end() {
      if (isFirst || sum !== expected) throw new Damage(`a record on page ${page} has a wrong checksum`);
    },
  };
}
