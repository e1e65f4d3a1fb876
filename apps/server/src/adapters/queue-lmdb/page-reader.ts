import { readSync } from "node:fs";
import { type Meta, nodeKinds, pageHeadBytes, pageKinds, readWhole } from "./data-page.ts";
import { createPageSet, Damage, type PageSet } from "./page-set.ts";

/** Reads pages of a data file, each only once. All of it throws Damage where they are not what they should be. */
export interface PageReader {
  readonly pages: PageSet;
  /** A page of a tree, in memory that is used again for the next one of its level. */
  page(number: number, level: number, kind: "branch" | "leaf"): Buffer;
  /** Positions of a page's nodes, in order. */
  nodes(number: number, bytes: Buffer, kind: "branch" | "leaf"): number[];
  /** A value's pages, of which the first is `start`: calls back with the value, slice by slice, in memory used again. */
  value(start: number, pageCount: number, size: number, slice: (bytes: Buffer) => void): void;
}

/** What is read at a time of values with pages of their own. */
const sliceBytes = 1 << 20;
const nodeHeadBytes = 8;
/** A leaf's node says in these where the value's own pages are. */
const referenceBytes = 24;

export function createPageReader(file: number, { pageBytes, lastPage, transaction }: Meta): PageReader {
  const pages = createPageSet(lastPage);
  const levels: Buffer[] = [];
  const part = Buffer.allocUnsafeSlow(sliceBytes);

  function read(bytes: Buffer, at: number): void {
    if (readSync(file, bytes, 0, bytes.byteLength, at) !== bytes.byteLength)
      throw new Damage("its file is shorter than it should be");
  }

  function checkHead(number: number, bytes: Buffer, kind: number): void {
    const { byteLength } = bytes;
    const whole =
      byteLength >= pageHeadBytes &&
      readWhole(bytes, 0) === number &&
      bytes.readUInt16LE(18) === kind &&
      readWhole(bytes, 8) <= transaction;
    if (!whole) throw badPage(number);
  }

  return {
    pages,
    page(number, level, kind) {
      pages.claim(number, 1);
      levels[level] ??= Buffer.allocUnsafeSlow(pageBytes);
      const bytes = levels[level];
      read(bytes, number * pageBytes);
      checkHead(number, bytes, pageKinds[kind]);
      return bytes;
    },
    nodes(number, bytes, kind) {
      const lower = bytes.readUInt16LE(20);
      const upper = bytes.readUInt16LE(22);
      if (lower % 2 !== 0 || lower === 0 || lower > upper || upper > pageBytes - pageHeadBytes) throw badPage(number);
      const nodes: number[] = [];
      for (let at = pageHeadBytes; at < pageHeadBytes + lower; at += 2)
        nodes.push(bytes.readUInt16LE(at) + pageHeadBytes);
      // They lie side by side, from the upper bound to the end, in any order.
      let next = upper + pageHeadBytes;
      for (const at of nodes.toSorted((a, b) => a - b)) {
        if (at !== next || at + nodeHeadBytes > pageBytes) throw badPage(number);
        const size = nodeHeadBytes + bytes.readUInt16LE(at + 6) + (kind === "leaf" ? bytesAfterKey(bytes, at) : 0);
        next = at + size + (size & 1);
      }
      if (next !== pageBytes) throw badPage(number);
      return nodes;
    },
    value(start, pageCount, size, slice) {
      if (pageCount !== Math.ceil((pageHeadBytes + size) / pageBytes)) throw badPage(start);
      pages.claim(start, pageCount);
      const head = part.subarray(0, pageHeadBytes);
      read(head, start * pageBytes);
      checkHead(start, head, pageKinds.overflow);
      if (head.readUInt32LE(20) !== pageCount) throw badPage(start);
      const from = start * pageBytes + pageHeadBytes;
      for (let done = 0; done < size; done += sliceBytes) {
        const bytes = part.subarray(0, Math.min(sliceBytes, size - done));
        read(bytes, from + done);
        slice(bytes);
      }
    },
  };
}

function bytesAfterKey(bytes: Buffer, at: number): number {
  return bytes.readUInt16LE(at + 4) === nodeKinds.overflow ? referenceBytes : valueBytes(bytes, at);
}

/** How long the value of a leaf's node is, wherever it is. */
export function valueBytes(bytes: Buffer, at: number): number {
  return bytes.readUInt16LE(at) + bytes.readUInt16LE(at + 2) * 0x1_0000;
}

/** The page that a branch's node leads to. */
export function childOf(bytes: Buffer, at: number): number {
  return valueBytes(bytes, at) + bytes.readUInt16LE(at + 4) * 0x1_0000_0000;
}

/** The key of a node, in the same memory. */
export function keyOf(bytes: Buffer, at: number): Buffer {
  return bytes.subarray(at + nodeHeadBytes, at + nodeHeadBytes + bytes.readUInt16LE(at + 6));
}

export function badPage(number: number): Damage {
  return new Damage(`page ${number} is not what was written`);
}
