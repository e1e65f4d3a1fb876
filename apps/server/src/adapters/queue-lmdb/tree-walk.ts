import { nodeKinds, noPage, readTreeHead, readWhole, type TreeHead, treeHeadBytes } from "./data-page.ts";
import { badPage, childOf, keyOf, type PageReader, valueBytes } from "./page-reader.ts";
import { Damage } from "./page-set.ts";

/** What the walk finds in the leaves of a tree. */
export interface Findings {
  /** How keys are ordered: below 0 where the first is the lower one. */
  readonly order: (a: Buffer, b: Buffer) => number;
  /** Told of a value, slice by slice; the last slice is followed by `end`. Their memory is used again. */
  begin(key: Buffer, page: number): void;
  slice(bytes: Buffer): void;
  end(): void;
  /** Told of a tree in the tree. */
  tree(head: TreeHead, page: number): void;
  /** Asked now and then; waited for where it is not null. */
  readonly breathe: () => Promise<void> | null;
}

/** How deep LMDB's own cursors go. */
const maxDepth = 32;

/** Walks a tree, every page of which has to be where it belongs. @throws Damage */
export async function walkTree(reader: PageReader, head: TreeHead, findings: Findings): Promise<void> {
  const { order } = findings;
  const seen = { branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0 };
  if (head.root !== noPage) {
    if (head.depth < 1 || head.depth > maxDepth) throw new Damage("a tree is too deep");
    await visit(head.root, 1, null, null);
  }
  for (const count of ["branchPages", "leafPages", "overflowPages", "entries"] as const)
    if (head[count] !== seen[count]) throw new Damage(`a tree has ${seen[count]} ${count}, not ${head[count]}`);

  /** Visits what is below a page; its keys have to lie from `low` up to below `high`. */
  async function visit(page: number, level: number, low: Buffer | null, high: Buffer | null): Promise<void> {
    if (level === head.depth) visitLeaf(page, level, low, high);
    else await visitBranch(page, level, low, high);
  }

  async function visitBranch(page: number, level: number, low: Buffer | null, high: Buffer | null): Promise<void> {
    seen.branchPages++;
    const bytes = reader.page(page, level, "branch");
    const nodes = reader.nodes(page, bytes, "branch");
    let from = low;
    for (const [index, at] of nodes.entries()) {
      // The key of the first node says nothing: it is that of the page above.
      const next = nodes[index + 1];
      const to = next === undefined ? high : Buffer.from(keyOf(bytes, next));
      if (next !== undefined && from !== null && order(from, to!) >= 0) throw badPage(page);
      await visit(childOf(bytes, at), level + 1, from, to);
      from = to;
      await findings.breathe();
    }
  }

  function visitLeaf(page: number, level: number, low: Buffer | null, high: Buffer | null): void {
    seen.leafPages++;
    const bytes = reader.page(page, level, "leaf");
    let before: Buffer | null = null;
    for (const at of reader.nodes(page, bytes, "leaf")) {
      const key = keyOf(bytes, at);
      const inOrder = before === null ? low === null || order(low, key) <= 0 : order(before, key) < 0;
      if (!inOrder) throw badPage(page);
      before = key;
      seen.entries++;
      visitValue(page, bytes, at, key);
    }
    if (high !== null && before !== null && order(before, high) >= 0) throw badPage(page);
  }

  function visitValue(page: number, bytes: Buffer, at: number, key: Buffer): void {
    const size = valueBytes(bytes, at);
    const from = at + 8 + key.byteLength;
    switch (bytes.readUInt16LE(at + 4)) {
      case nodeKinds.tree:
        if (size !== treeHeadBytes) throw badPage(page);
        return findings.tree(readTreeHead(bytes, from), page);
      case nodeKinds.plain:
        findings.begin(key, page);
        findings.slice(bytes.subarray(from, from + size));
        return findings.end();
      case nodeKinds.overflow: {
        const pageCount = readWhole(bytes, from + 16);
        findings.begin(key, page);
        reader.value(readWhole(bytes, from), pageCount, size, findings.slice);
        seen.overflowPages += pageCount;
        return findings.end();
      }
      default:
        throw badPage(page);
    }
  }
}
