import { expect, it } from "vitest";
import { createRandom } from "../../test/fixture.ts";
import {
  AFTER_ALL,
  BEFORE_ALL,
  buildSortedChunks,
  CHUNK_CAPACITY,
  chunkOf,
  createSortedChunks,
  endPlace,
  estimateBetween,
  insertEntry,
  offsetOf,
  removeEntry,
  type SortedChunks,
  seekPlace,
} from "./sorted-chunks.ts";

function entriesOf(sorted: SortedChunks): [number, number][] {
  return sorted.keys.flatMap((keys, i) =>
    keys.map((key, j): [number, number] => [key as number, sorted.slots[i]![j]!]),
  );
}

it("stays sorted through insertions and removals, ties by slot, no chunk too large", () => {
  const random = createRandom(3);
  const sorted = createSortedChunks();
  const model = new Map<number, number>();
  for (let i = 0; i < 30_000; i++) {
    const slot = Math.floor(random() * 5000);
    const key = Math.floor(random() * 20);
    const known = model.get(slot);
    if (known !== undefined) removeEntry(sorted, known, slot);
    if (known !== undefined && i > 20_000) model.delete(slot);
    else {
      insertEntry(sorted, key, slot);
      model.set(slot, key);
    }
  }
  const expected = [...model]
    .map(([slot, key]): [number, number] => [key, slot])
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  expect(entriesOf(sorted)).toEqual(expected);
  expect(sorted.size).toBe(model.size);
  expect(Math.max(...sorted.keys.map((keys) => keys.length))).toBeLessThan(CHUNK_CAPACITY);
  for (const [slot, key] of model) removeEntry(sorted, key, slot);
  expect([sorted.size, sorted.keys.length]).toEqual([0, 0]);
});

it("finds the ends of a run of equal keys, and about how long it is", () => {
  const sorted = buildSortedChunks(
    Array.from({ length: 4000 }, (_, i) => i),
    (slot) => slot % 4,
  );
  const from = seekPlace(sorted, 2, BEFORE_ALL);
  const to = seekPlace(sorted, 2, AFTER_ALL);
  expect(entriesOf(sorted)[2000]).toEqual([2, 2]);
  expect(sorted.keys[chunkOf(from)]![offsetOf(from)]).toBe(2);
  expect(Math.abs(estimateBetween(sorted, from, to) - 1000)).toBeLessThan(400);
  expect(estimateBetween(sorted, to, from)).toBe(0);
  expect(estimateBetween(sorted, 0, endPlace(sorted))).toBeGreaterThan(3000);
  expect(seekPlace(createSortedChunks(), 1, BEFORE_ALL)).toBe(0);
});
