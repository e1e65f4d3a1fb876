import { cp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { append, openAndRecover, type StoreContent } from "../../../test/queue-store-world.ts";
import type { StoreError } from "../../kernel/store-error.ts";
import type { Change } from "../../ports/queue-store.ts";
import { temporaryFolder } from "./child.kit.ts";
import { readMeta, readTreeHead } from "./data-page.ts";
import { createLmdbQueueStore } from "./queue-lmdb.ts";

// Disks and processes of a busy machine are slow.
vi.setConfig({ testTimeout: 60_000 });

const openStore = (folder: string) => createLmdbQueueStore({ folder, maxBytes: 1e9 });

/** Fills a store so that its file has trees of some depth, values with pages of their own, and free pages. */
async function fill(folder: string): Promise<StoreContent> {
  const store = openStore(folder);
  await store.open();
  let seq = 0;
  for (let round = 0; round < 60; round++) {
    const changes: Change[] = [];
    for (let i = 0; i < 40; i++) {
      seq++;
      const body = Buffer.alloc(i % 13 === 0 ? 9000 : 250 + i, seq);
      changes.push(append(seq, { body, identity: i % 3 === 0 ? { id: `id ${seq}`, untilMs: seq } : null }));
      if (i % 4 === 0) changes.push({ kind: "remove", seq: Math.ceil(seq / 2) });
      if (i % 5 === 0) changes.push({ kind: "move", seq, standing: { ...first(changes), attempt: round } });
    }
    await store.commit(changes);
  }
  await store.close();
  const content = await openAndRecover(store);
  await store.close();
  return content;
}

function first(changes: readonly Change[]) {
  const [change] = changes;
  if (change?.kind !== "append") throw new Error("a message comes first");
  return change.standing;
}

/** What becomes of a damaged store: refused, or as it was, and then good for many commits. */
async function outcome(folder: string, content: StoreContent): Promise<string> {
  const store = openStore(folder);
  try {
    try {
      expect(await openAndRecover(store)).toEqual(content);
    } catch (error) {
      const { fault, message } = error as StoreError;
      if (fault === undefined) throw error;
      if (fault === "damaged") expect(message).toMatch(/Restore a backup/);
      return fault;
    }
    for (let round = 0; round < 5; round++) {
      const added = Array.from({ length: 40 }, (_, i) =>
        append(content.lastSeq + 1 + 40 * round + i, { body: Buffer.alloc(i * 200) }),
      );
      const removed = content.messages.slice(round * 50, round * 50 + 50);
      await store.commit([...added, ...removed.map(({ seq }) => ({ kind: "remove" as const, seq }))]);
    }
    await store.close();
    await store.open();
    return "whole";
  } finally {
    await store.close();
  }
}

const garbage = fc.oneof(
  fc.record({
    kind: fc.constant("pages" as const),
    page: fc.nat(),
    bytes: fc.uint8Array({ minLength: 4096, maxLength: 4096 }),
  }),
  fc.record({
    kind: fc.constant("bytes" as const),
    at: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  }),
  fc.record({ kind: fc.constant("bit" as const), at: fc.nat(), bit: fc.nat(7) }),
  fc.record({ kind: fc.constant("copy" as const), from: fc.nat(), page: fc.nat() }),
  fc.record({ kind: fc.constant("cut" as const), at: fc.nat() }),
);

test("whatever is overwritten or cut off, a store is refused as damaged or is as it was", {
  timeout: 180_000,
}, async () => {
  await using folder = await temporaryFolder();
  const whole = join(folder.path, "whole");
  const content = await fill(whole);
  const good = await readFile(join(whole, "queues", "data.mdb"));
  const pages = good.byteLength / 4096;
  const damaged = join(folder.path, "damaged");
  await fc.assert(
    fc.asyncProperty(garbage, async (given) => {
      const bad = Buffer.from(good);
      if (given.kind === "pages") bad.set(given.bytes, (given.page % pages) * 4096);
      else if (given.kind === "bytes") bad.set(given.bytes, given.at % (bad.byteLength - 40));
      else if (given.kind === "bit") bad[given.at % bad.byteLength]! ^= 1 << given.bit;
      else if (given.kind === "copy")
        bad.copyWithin((given.page % pages) * 4096, (given.from % pages) * 4096, ((given.from % pages) + 1) * 4096);
      const length = given.kind === "cut" ? 1 + (given.at % (bad.byteLength - 1)) : bad.byteLength;
      await rm(damaged, { recursive: true, force: true });
      await cp(whole, damaged, { recursive: true });
      await writeFile(join(damaged, "queues", "data.mdb"), bad.subarray(0, length));
      expect(["damaged", "format", "whole"]).toContain(await outcome(damaged, content));
    }),
    { numRuns: 150 },
  );
});

/** What makes LMDB write where it must not, or end the process, when it believes it. */
const traps: readonly (readonly [string, (file: Buffer, root: number, free: number) => void])[] = [
  ["a page has another number", (file, root) => file.writeUInt32LE(root + 1, root * 4096)],
  ["a page is of a transaction to come", (file, root) => file.writeUInt32LE(1e9, root * 4096 + 8)],
  ["a page is of another kind", (file, root) => file.writeUInt16LE(2, root * 4096 + 18)],
  ["a page has more nodes than it has", (file, root) => file.writeUInt16LE(500, root * 4096 + 20)],
  ["a page has a hole", (file, root) => file.writeUInt16LE(file.readUInt16LE(root * 4096 + 22) - 2, root * 4096 + 22)],
  ["a page in use is free", (file, root, free) => file.writeUInt32LE(root, freeEntryOf(file, free))],
  ["a page beyond the end is free", (file, _, free) => file.writeUInt32LE(1e8, freeEntryOf(file, free))],
  ["a list of free pages is endless", (file, _, free) => file.writeUInt32LE(1e9, freeEntryOf(file, free) - 8)],
];

test.each(traps)("it is damaged where %s", async (_name, damage) => {
  await using folder = await temporaryFolder();
  await fill(folder.path);
  const path = join(folder.path, "queues", "data.mdb");
  const file = await readFile(path);
  const metas = [0, 4096].map((at) => readMeta(file.subarray(at)));
  const meta = metas.toSorted((a, b) => b!.transaction - a!.transaction)[0]!;
  const main = file.subarray(meta.main.root * 4096, (meta.main.root + 1) * 4096);
  const nameAt = main.indexOf("messages");
  const messages = readTreeHead(main, nameAt + main.readUInt16LE(nameAt - 2));
  expect([messages.depth, meta.free.depth]).toEqual([3, 1]);
  damage(file, messages.root, meta.free.root);
  await writeFile(path, file);
  await expect(openStore(folder.path).open()).rejects.toMatchObject({ fault: "damaged" });
});

/** Where the first page is in the list of the first node of a leaf. */
function freeEntryOf(file: Buffer, page: number): number {
  const node = page * 4096 + 24 + file.readUInt16LE(page * 4096 + 24);
  for (let at = node + 24; ; at += 8) if (file.readInt32LE(at + 4) === 0 && file.readInt32LE(at) > 0) return at;
}

test("a body that changes while the store is open is not given out", async () => {
  await using folder = await temporaryFolder();
  const store = openStore(folder.path);
  await store.open();
  await store.commit([append(1, { body: Buffer.from("precious".repeat(20)) })]);
  const file = join(folder.path, "queues", "data.mdb");
  const bytes = await readFile(file);
  for (let at = bytes.indexOf("precious"); at !== -1; at = bytes.indexOf("precious")) bytes.write("worthless", at);
  await writeFile(file, bytes, { flag: "r+" });
  await expect(store.read([1])).rejects.toMatchObject({ fault: "damaged" });
  await expect(store.recover()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ fault: "damaged" });
  await store.close();
});

test("a file of which nothing was written is a new store", async () => {
  await using folder = await temporaryFolder();
  await fill(folder.path);
  await truncate(join(folder.path, "queues", "data.mdb"), 0);
  const store = openStore(folder.path);
  expect((await openAndRecover(store)).messages).toEqual([]);
  await store.close();
});
