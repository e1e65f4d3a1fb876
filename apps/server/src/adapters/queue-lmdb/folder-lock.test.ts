import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { runChild, temporaryFolder } from "./child.kit.ts";
import { lockFolder } from "./folder-lock.ts";

// Disks and processes of a busy machine are slow.
vi.setConfig({ testTimeout: 60_000 });

const openAndStay = `
  const store = createLmdbQueueStore({ folder, maxBytes: 1e9 });
  try {
    await store.open();
    say("open");
    setInterval(() => {}, 1000);
  } catch (error) {
    say(error.fault + ": " + error.message);
  }`;

test("a folder is locked against another process until that is killed, and then free at once", async () => {
  await using folder = await temporaryFolder();
  await using first = runChild(folder.path, openAndStay);
  expect(await first.line()).toBe("open");
  await using second = runChild(folder.path, openAndStay);
  expect(await second.line()).toMatch(/^locked: Another server uses the data folder .*dataDir/);
  await first.kill();
  await using third = runChild(folder.path, openAndStay);
  expect(await third.line()).toBe("open");
  expect(await readdir(join(folder.path, "lock"))).toHaveLength(1);
});

test("of processes that start at once, exactly one gets it", async () => {
  for (let round = 0; round < 3; round++) {
    await using folder = await temporaryFolder();
    const children = [1, 2, 3].map(() => runChild(folder.path, openAndStay));
    const lines = await Promise.all(children.map((child) => child.line()));
    await Promise.all(children.map((child) => child.kill()));
    expect(lines.map((line) => line?.split(":")[0]).sort()).toEqual(["locked", "locked", "open"]);
  }
});

test("of many that want it within one process, exactly one gets it", async () => {
  await using folder = await temporaryFolder();
  for (let round = 0; round < 5; round++) {
    const attempts = await Promise.allSettled(Array.from({ length: 3 }, () => lockFolder(folder.path)));
    const got = attempts.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value] : []));
    expect(got).toHaveLength(1);
    for (const release of got) await release();
    expect(await readdir(join(folder.path, "lock"))).toEqual([]);
  }
});

test("a folder with a long path can be locked, and what is no socket does not lock it", async () => {
  await using folder = await temporaryFolder();
  const long = join(folder.path, "a".repeat(100), "b".repeat(100));
  await mkdir(join(long, "lock"), { recursive: true });
  await writeFile(join(long, "lock", "left"), "");
  const release = await lockFolder(long);
  await expect(lockFolder(long)).rejects.toMatchObject({ fault: "locked" });
  await release();
  const again = await lockFolder(long);
  await again();
});
