import { expect, test } from "vitest";
import { createDiskShare, type Demand } from "./disk-share.ts";
import type { Environment, Space } from "./environment.ts";

const pageBytes = 4096;
const maxPages = 100_000;

/** A share of 100,000 pages, 8,192 of which are kept for removals, of a file that is as `space` says. */
function shareOf(space: Space) {
  let now = space;
  const environment = { pageBytes, space: () => now } as unknown as Environment;
  const share = createDiskShare(maxPages * pageBytes, environment);
  return {
    share,
    /** A commit that leaves the file as `after` says. */
    commit(demand: Demand, after: Space) {
      now = after;
      share.committed(demand);
    },
  };
}

const appending = (pages: number): Demand => ({ added: pages, inRuns: 0, copied: 0, appends: true });
const inRuns = (pages: number): Demand => ({ added: 0, inRuns: pages, copied: 0, appends: true });
const removing = (changes: number): Demand => ({ added: 0, inRuns: 0, copied: changes * 2, appends: false });

test("messages are refused before the file is full, and removals are not", () => {
  const { share } = shareOf({ filePages: 91_000, usedPages: 91_000 });
  expect([share.admits(appending(700)), share.admits(appending(1000))]).toEqual([true, false]);
  expect(share.admits(removing(2000))).toBe(true);
});

test("what is free in a file that grows no more is used again, but not what was freed just now", () => {
  const { share, commit } = shareOf({ filePages: 99_990, usedPages: 50_000 });
  expect(share.admits(appending(40_000))).toBe(true);
  commit(appending(30_000), { filePages: 99_990, usedPages: 60_000 });
  expect(share.admits(appending(11_000))).toBe(false);
  expect(share.admits(appending(9000))).toBe(true);
});

test("nothing is used again while a backup is made, so that the file keeps to its bound", () => {
  const { share } = shareOf({ filePages: 99_990, usedPages: 50_000 });
  share.pin();
  expect([share.admits(appending(10)), share.admits(removing(10))]).toEqual([false, false]);
  share.unpin();
  expect([share.admits(appending(10)), share.admits(removing(10))]).toEqual([true, true]);
});

test("large values wait for much free room, once there was none side by side for one", () => {
  const { share, commit } = shareOf({ filePages: 99_990, usedPages: 60_000 });
  expect(share.admits(inRuns(5000))).toBe(true);
  expect(share.admits(inRuns(9000))).toBe(false);
  commit(inRuns(5000), { filePages: 101_000, usedPages: 61_000 });
  expect(share.admits(inRuns(10))).toBe(false);
  commit(removing(1), { filePages: 101_000, usedPages: 20_000 });
  expect(share.admits(inRuns(10))).toBe(true);
});

test("it measures the file anew when its own count says that it is full", () => {
  const { share, commit } = shareOf({ filePages: 1000, usedPages: 1000 });
  commit(appending(90_000), { filePages: 1100, usedPages: 1100 });
  expect(share.admits(appending(50_000))).toBe(true);
  expect(share.usedBytes()).toBe(1100 * pageBytes);
});
