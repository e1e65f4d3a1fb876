import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { expect, test, vi } from "vitest";
import { append, openAndRecover } from "../../../test/queue-store-world.ts";
import { runChild, temporaryFolder } from "./child.kit.ts";
import { createLmdbQueueStore } from "./queue-lmdb.ts";

// Disks and processes of a busy machine are slow.
vi.setConfig({ testTimeout: 60_000 });

const openStore = (folder: string, maxBytes = 1e9) => createLmdbQueueStore({ folder, maxBytes });

test("a backup made while commits go on is a data folder of one moment", async () => {
  await using folder = await temporaryFolder();
  const store = openStore(folder.path);
  await store.open();
  for (let seq = 1; seq <= 2000; seq += 100) await store.commit(pairs(seq, 100));
  let done = false;
  const copying = store.backup("monday").finally(() => {
    done = true;
  });
  for (let seq = 2001; !done; seq += 10) await store.commit(pairs(seq, 10));
  const { path, bytes } = await copying;
  expect(path).toBe(join(folder.path, "backups", "monday"));
  expect((await stat(join(path, "queues", "data.mdb"))).size).toBe(bytes);
  await store.commit([{ kind: "remove", seq: 1 }]);
  await store.close();

  const copy = openStore(path);
  const { messages, identities, lastSeq } = await openAndRecover(copy);
  await copy.close();
  expect(messages.length).toBeGreaterThanOrEqual(2000);
  expect(messages.length % 10).toBe(0);
  expect([messages.length, identities.length]).toEqual([lastSeq, lastSeq]);

  await rm(join(folder.path, "queues"), { recursive: true });
  await rename(join(path, "queues"), join(folder.path, "queues"));
  expect(await openAndRecover(store)).toMatchObject({ lastSeq });
  await store.close();
});

test("a backup has a plain name that is not taken, and failing leaves nothing behind", async () => {
  await using folder = await temporaryFolder();
  const store = openStore(folder.path);
  await store.open();
  for (const name of ["", ".", "..", "a/b", "a\\b", "a\0b"])
    await expect(store.backup(name)).rejects.toMatchObject({ fault: "io", message: /plain file name/ });
  await store.backup("monday");
  await expect(store.backup("monday")).rejects.toMatchObject({ fault: "taken", message: /already/ });
  const both = await Promise.allSettled([store.backup("tuesday"), store.backup("tuesday")]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  await store.close();
});

test("only its owner may look into the data folder", async () => {
  await using folder = await temporaryFolder();
  const data = join(folder.path, "data");
  const store = openStore(data);
  await store.open();
  await store.backup("monday");
  const modes = ["", "queues", "lock", "backups", "backups/monday"].map((name) => stat(join(data, name)));
  for (const { mode } of await Promise.all(modes)) expect(mode & 0o777).toBe(0o700);
  for (const name of ["queues/data.mdb", "queues/lock.mdb", "backups/monday/queues/data.mdb"])
    expect((await stat(join(data, name))).mode & 0o777).toBe(0o600);
  await store.close();
});

test("a folder that cannot be one is named", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "file");
  await writeFile(file, "");
  const refused = { fault: "io", message: expect.stringContaining(file) };
  await expect(openStore(file).open()).rejects.toMatchObject(refused);
  await expect(openStore(join(file, "below")).open()).rejects.toMatchObject(refused);
});

test("a folder that may not be written to is named", async () => {
  await using folder = await temporaryFolder();
  await chmod(folder.path, 0o500);
  const code = `
    if (process.getuid() === 0) process.setuid(65534);
    await createLmdbQueueStore({ folder, maxBytes: 1e9 }).open().catch((error) => say(error.fault + ": " + error.message));`;
  await using child = runChild(folder.path, code);
  expect(await child.line()).toMatch(/^io: Cannot write to the data folder .*EACCES.*who may write/);
  await chmod(folder.path, 0o700);
});

test("queues of another format are refused, and both versions named", async () => {
  await using folder = await temporaryFolder();
  const store = openStore(folder.path);
  await store.open();
  await store.close();
  const file = join(folder.path, "queues", "data.mdb");
  const bytes = await readFile(file);
  for (let at = bytes.indexOf("format"); at !== -1; at = bytes.indexOf("format", at + 1)) {
    // The key, the checksum, the key again, the version.
    const record = at + 6;
    if (bytes.toString("latin1", record + 4, record + 10) !== "format") continue;
    bytes.writeDoubleLE(9, record + 10);
    bytes.writeUInt32LE(crc32(bytes.subarray(record + 4, record + 18)), record);
  }
  await writeFile(file, bytes);
  await expect(store.open()).rejects.toMatchObject({ fault: "format", message: /format 9.*format 1/ });
  bytes.writeUInt32LE(7, 28);
  await writeFile(file, bytes);
  await expect(store.open()).rejects.toMatchObject({ fault: "format", message: /format 7.*format 2/ });
});

test("the data file keeps to its bound, whatever comes and goes", async () => {
  await using folder = await temporaryFolder();
  const maxBytes = 6 * 1024 * 1024;
  const store = openStore(folder.path, maxBytes);
  await store.open();
  const live: number[] = [];
  let refusals = 0;
  for (let round = 0; round < 300; round++) {
    const seqs = Array.from({ length: 30 + ((round * 37) % 90) }, (_, i) => round * 200 + i + 1);
    const body = Buffer.alloc(round % 7 === 0 ? 7000 : (round * 53) % 900, round);
    try {
      await store.commit(seqs.map((seq) => append(seq, { body })));
      live.push(...seqs);
    } catch (error) {
      expect(error).toMatchObject({ fault: "bound" });
      refusals++;
    }
    const removals = live.splice((round * 31) % (live.length + 1), refusals % 3 === 0 ? 20 : 80);
    await store.commit(removals.map((seq) => ({ kind: "remove", seq })));
    expect((await stat(join(folder.path, "queues", "data.mdb"))).size).toBeLessThanOrEqual(maxBytes);
  }
  expect(refusals).toBeGreaterThan(10);
  await store.close();
  expect((await openAndRecover(store)).messages.map(({ seq }) => seq)).toEqual(live.toSorted((a, b) => a - b));
  await store.close();
});

test("a disk that takes no more refuses messages, loses none, and takes others once there is room", async () => {
  await using folder = await temporaryFolder();
  await mkdir(folder.path, { recursive: true });
  const code = `
    const store = createLmdbQueueStore({ folder, maxBytes: 1e9 });
    await store.open();
    let seq = 0, kept = [], faults = 0;
    const standing = { state: "ready", attempt: 0, turn: 0, dueMs: 0, expiresMs: 0, cause: null };
    const group = () => Array.from({ length: 40 }, () => ({ kind: "append", standing, message: { seq: ++seq, queue: "q",
      target: "{}", priority: 4, maxAttempts: 20, pushedMs: 0, identity: null, body: Buffer.alloc(3000, seq) } }));
    while (faults < 4) {
      const changes = group();
      try {
        await store.commit(changes);
        kept.push(...changes.map((change) => change.message.seq));
      } catch (error) {
        if (error.fault !== "full") throw error;
        faults++;
      }
    }
    for (let i = 0; i < 5; i++)
      await store.commit(kept.splice(0, 40).map((seq) => ({ kind: "remove", seq })));
    const late = group();
    await store.commit(late);
    kept.push(...late.map((change) => change.message.seq));
    const bodies = await store.read(kept);
    say(JSON.stringify({ kept, whole: bodies.every((body, i) => body.length === 3000 && body[0] === kept[i] % 256) }));
    await store.close();`;
  // No file may be larger than this many blocks of 512 bytes.
  await using child = runChild(folder.path, code, 'ulimit -f 30000; exec "$@"');
  const { kept, whole } = JSON.parse((await child.line()) ?? "null") as { kept: number[]; whole: boolean };
  expect(await child.ended).toBe(0);
  expect([whole, kept.length > 200]).toEqual([true, true]);
  const store = openStore(folder.path);
  expect((await openAndRecover(store)).messages.map(({ seq }) => seq)).toEqual(kept);
  await store.close();
});

test("what a killed process had committed is there, and nothing by halves", async () => {
  await using folder = await temporaryFolder();
  const code = `
    const store = createLmdbQueueStore({ folder, maxBytes: 1e9 });
    await store.open();
    const standing = { state: "ready", attempt: 0, turn: 0, dueMs: 0, expiresMs: 0, cause: null };
    for (let seq = 1; ; seq += 100) {
      await store.commit(Array.from({ length: 100 }, (_, i) => ({ kind: "append", standing, message: { seq: seq + i,
        queue: "q", target: "{}", priority: 4, maxAttempts: 20, pushedMs: 0, identity: null, body: Buffer.alloc(300) } })));
      say(String(seq + 99));
    }`;
  await using child = runChild(folder.path, code);
  let confirmed = 0;
  for (let i = 0; i < 40; i++) confirmed = Number(await child.line());
  await child.kill();
  for (let line = await child.line(); line !== null; line = await child.line()) confirmed = Number(line);
  const store = openStore(folder.path);
  const { messages, lastSeq } = await openAndRecover(store);
  await store.close();
  expect(messages.length).toBeGreaterThanOrEqual(confirmed);
  expect([messages.length % 100, messages.length]).toEqual([0, lastSeq]);
});

/** Messages with an identity each, so that one without the other would be seen. */
function pairs(from: number, count: number) {
  return Array.from({ length: count }, (_, i) => append(from + i, { identity: { id: `id ${from + i}`, untilMs: 1 } }));
}
