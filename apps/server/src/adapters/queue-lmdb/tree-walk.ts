import { readSync } from "node:fs";
import { crc32 } from "node:zlib";
import {
  type Meta,
  nodeKinds,
  noPage,
  pageHeadBytes,
  pageKinds,
  readTreeHead,
  readWhole,
  type TreeHead,
  treeHeadBytes,
} from "./data-page.ts";
import { numberNames } from "./format.ts";
import type { FreeList } from "./free-list.ts";
import { readNamedNumber } from "./records.ts";

/** Says what is wrong with a file. */
export class Damage extends Error {
  override readonly name = "Damage";
}

/** Pages that something refers to: nothing else may. */
export interface PageSet {
  /** @throws Damage where one lies beyond the end, or is in the set already */
  claim(page: number, count: number): void;
}

export interface Findings {
  /** Told of trees in the tree. */
  readonly tree?: (head: TreeHead) => void;
  /** Told of the version of the format. */
  readonly format?: (version: number) => void;
  readonly free?: FreeList;
  /** Asked now and then; waited for where it is not null. */
  readonly breathe: () => Promise<void> | null;
}

export interface TreeWalk {
  readonly pages: PageSet;
  /** Walks a tree whose values are records (records.ts), or lists of free pages. @throws Damage */
  run(head: TreeHead, content: "records" | "free", findings: Findings): Promise<void>;
}

/** How deep LMDB's own cursors go. */
const maxDepth = 32;
/** What is read at a time of values with pages of their own. */
const sliceBytes = 1 << 20;

export function createTreeWalk(file: number, meta: Meta): TreeWalk {
  const { pageBytes } = meta;
  const pages = createPageSet(meta.lastPage);
  const buffers: Buffer[] = [];
  let slice = Buffer.alloc(0);

  async function run(head: TreeHead, content: "records" | "free", findings: Findings): Promise<void> {
    const numeric = content === "free";
    const seen = { branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0 };
    if (head.root !== noPage) {
      if (head.depth < 1 || head.depth > maxDepth) throw new Damage("a tree is too deep");
      await visit(head.root, 1, null, null);
    }
    const { branchPages, leafPages, overflowPages, entries } = head;
    const same =
      branchPages === seen.branchPages &&
      leafPages === seen.leafPages &&
      overflowPages === seen.overflowPages &&
      entries === seen.entries;
    if (!same) throw new Damage("a tree has not as many entries as it should have");

    /** Walks what is below a page; its keys have to lie from `low` up to below `high`. */
    async function visit(page: number, level: number, low: Buffer | null, high: Buffer | null): Promise<void> {
      const isLeaf = level === head.depth;
      const bytes = readPage(page, level, isLeaf ? pageKinds.leaf : pageKinds.branch);
      if (isLeaf) visitLeaf(page, bytes, low, high);
      else await visitBranch(page, bytes, level, low, high);
    }

    async function visitBranch(
      page: number,
      bytes: Buffer,
      level: number,
      low: Buffer | null,
      high: Buffer | null,
    ): Promise<void> {
      seen.branchPages++;
      const nodes = nodesOf(page, bytes, () => 0);
      let from = low;
      for (const [index, at] of nodes.entries()) {
        const child =
          bytes.readUInt16LE(at) + bytes.readUInt16LE(at + 2) * 0x1_0000 + bytes.readUInt16LE(at + 4) * 0x1_0000_0000;
        const next = nodes[index + 1];
        // The key of the first node says nothing: it is that of the page above.
        const to = next === undefined ? high : Buffer.from(keyAt(bytes, next));
        if (to !== null && from !== null && to !== high && order(from, to) >= 0) throw outOfOrder(page);
        await visit(child, level + 1, from, to);
        from = to;
        await findings.breathe();
      }
    }

    function visitLeaf(page: number, bytes: Buffer, low: Buffer | null, high: Buffer | null): void {
      seen.leafPages++;
      const nodes = nodesOf(page, bytes, valueBytesInPage);
      let before: Buffer | null = null;
      for (const at of nodes) {
        const key = keyAt(bytes, at);
        const fits = before === null ? low === null || order(low, key) <= 0 : order(before, key) < 0;
        if (!fits) throw outOfOrder(page);
        before = key;
        seen.entries++;
        visitValue(page, bytes, at, key);
      }
      if (high !== null && before !== null && order(before, high) >= 0) throw outOfOrder(page);
    }

    function visitValue(page: number, bytes: Buffer, at: number, key: Buffer): void {
      const kind = bytes.readUInt16LE(at + 4);
      const size = bytes.readUInt16LE(at) + bytes.readUInt16LE(at + 2) * 0x1_0000;
      const from = at + 8 + key.byteLength;
      if (kind === nodeKinds.tree && findings.tree !== undefined && size === treeHeadBytes) {
        const head = readTreeHead(bytes, from);
        if (head.flags !== 0) throw new Damage(`page ${page} holds a tree of an unknown kind`);
        findings.tree(head);
      } else if (kind === nodeKinds.plain) checkValue(page, key, bytes.subarray(from, from + size));
      else if (kind === nodeKinds.overflow) checkOverflow(page, key, size, bytes, from);
      else throw new Damage(`page ${page} holds a value of an unknown kind`);
    }

    function checkOverflow(page: number, key: Buffer, size: number, bytes: Buffer, from: number): void {
      const start = readWhole(bytes, from);
      const count = readWhole(bytes, from + 16);
      if (count !== Math.ceil((pageHeadBytes + size) / pageBytes) || !(readWhole(bytes, from + 8) <= meta.transaction))
        throw new Damage(`page ${page} refers to a value of another size`);
      pages.claim(start, count);
      seen.overflowPages += count;
      const headBuffer = readBytes(start * pageBytes, pageHeadBytes, 0);
      checkHead(start, headBuffer, pageKinds.overflow);
      if (headBuffer.readUInt32LE(20) !== count) throw new Damage(`page ${start} begins a value of another size`);
      const valueAt = start * pageBytes + pageHeadBytes;
      if (numeric || size <= sliceBytes) return checkValue(start, key, readBytes(valueAt, size, 0));
      const first = readBytes(valueAt, sliceBytes, 0);
      const expected = first.readUInt32LE(0);
      if (!first.subarray(4, 4 + key.byteLength).equals(key)) throw new Damage(`page ${start} holds another record`);
      let sum = crc32(first.subarray(4));
      for (let done = sliceBytes; done < size; done += sliceBytes)
        sum = crc32(readBytes(valueAt + done, Math.min(sliceBytes, size - done), 0), sum);
      if (sum !== expected) throw wrongChecksum(start);
    }

    function checkValue(page: number, key: Buffer, value: Buffer): void {
      if (numeric) {
        if (key.byteLength !== 8 || findings.free?.add(value, readWhole(key, 0)) !== true)
          throw new Damage(`page ${page} holds a wrong list of free pages`);
        return;
      }
      if (value.byteLength < 4 + key.byteLength || value.readUInt32LE(0) !== crc32(value.subarray(4)))
        throw wrongChecksum(page);
      if (!value.subarray(4, 4 + key.byteLength).equals(key)) throw new Damage(`page ${page} holds another record`);
      if (findings.format !== undefined && key.toString() === numberNames.format)
        findings.format(readNamedNumber(value));
    }

    function order(a: Buffer, b: Buffer): number {
      return numeric && a.byteLength === 8 && b.byteLength === 8 ? readWhole(a, 0) - readWhole(b, 0) : a.compare(b);
    }
  }

  /** Positions of a page's nodes, in order; together they have to fill the page from its upper bound on. */
  function nodesOf(page: number, bytes: Buffer, valueBytes: (bytes: Buffer, at: number) => number): number[] {
    const lower = bytes.readUInt16LE(20);
    const upper = bytes.readUInt16LE(22);
    const room = pageBytes - pageHeadBytes;
    if (lower % 2 !== 0 || lower === 0 || lower > upper || upper > room) throw badPage(page);
    const nodes: number[] = [];
    for (let at = pageHeadBytes; at < pageHeadBytes + lower; at += 2) {
      const position = bytes.readUInt16LE(at) + pageHeadBytes;
      if (position < upper + pageHeadBytes || position + 8 > pageBytes) throw badPage(page);
      nodes.push(position);
    }
    let next = upper + pageHeadBytes;
    for (const at of nodes.toSorted((a, b) => a - b)) {
      if (at !== next) throw badPage(page);
      const size = 8 + bytes.readUInt16LE(at + 6) + valueBytes(bytes, at);
      next = at + size + (size & 1);
    }
    if (next !== pageBytes) throw badPage(page);
    return nodes;
  }

  function readPage(page: number, level: number, kind: number): Buffer {
    pages.claim(page, 1);
    buffers[level] ??= Buffer.allocUnsafeSlow(pageBytes);
    const bytes = buffers[level];
    if (readSync(file, bytes, 0, pageBytes, page * pageBytes) !== pageBytes) throw tooShort();
    checkHead(page, bytes, kind);
    return bytes;
  }

  function checkHead(page: number, bytes: Buffer, kind: number): void {
    const whole =
      readWhole(bytes, 0) === page && bytes.readUInt16LE(18) === kind && readWhole(bytes, 8) <= meta.transaction;
    if (!whole) throw badPage(page);
  }

  /** Reads into memory that is used again at the next call. */
  function readBytes(at: number, size: number, offset: number): Buffer {
    if (slice.byteLength < size) slice = Buffer.allocUnsafeSlow(Math.max(size, sliceBytes));
    if (readSync(file, slice, offset, size, at) !== size) throw tooShort();
    return slice.subarray(0, size);
  }

  return { pages, run };
}

function createPageSet(lastPage: number): PageSet {
  const bits = new Uint8Array((lastPage >> 3) + 1);
  return {
    claim(page, count) {
      if (!(page >= 2) || !(count >= 1) || page + count - 1 > lastPage) throw new Damage(`there is no page ${page}`);
      for (let at = page; at < page + count; at++) {
        const bit = 1 << (at & 7);
        if ((bits[at >> 3]! & bit) !== 0) throw new Damage(`page ${at} is used twice`);
        bits[at >> 3]! |= bit;
      }
    },
  };
}

function keyAt(bytes: Buffer, at: number): Buffer {
  return bytes.subarray(at + 8, at + 8 + bytes.readUInt16LE(at + 6));
}

function valueBytesInPage(bytes: Buffer, at: number): number {
  if (bytes.readUInt16LE(at + 4) === nodeKinds.overflow) return 24;
  return bytes.readUInt16LE(at) + bytes.readUInt16LE(at + 2) * 0x1_0000;
}

const badPage = (page: number) => new Damage(`page ${page} is not what was written`);
const outOfOrder = (page: number) => new Damage(`page ${page} is out of order`);
const wrongChecksum = (page: number) => new Damage(`a record on page ${page} has a wrong checksum`);
const tooShort = () => new Damage("its file is shorter than it should be");
