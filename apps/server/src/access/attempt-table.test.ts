import { describe, expect, it } from "vitest";
import { createAttemptTable, type NameKey } from "./attempt-table.ts";

/** FNV-1a in two halves that are mixed. */
function keyOf(name: string): NameKey {
  let high = 0x811c9dc5;
  let low = 0x1234567;
  for (let i = 0; i < name.length; i++) {
    high = Math.imul(high ^ name.charCodeAt(i), 0x01000193);
    low = Math.imul(low ^ name.charCodeAt(i) ^ (high >>> 15), 0x85ebca6b);
  }
  low ^= low >>> 16;
  return { high: high >>> 0 || 1, low: low >>> 0 };
}

describe("the table of attempts", () => {
  it("stays as large as it is, and keeps who is refused, under a million names", () => {
    const table = createAttemptTable({ attempts: 10 });
    const guessers = Array.from({ length: 100 }, (_, i) => `guesser ${i}`);
    for (const name of guessers) for (let i = 0; i < 10; i++) table.addWrong(keyOf(name), 0);
    for (let i = 0; i < 1_000_000; i++) table.addWrong(keyOf(`crowd ${i}`), 500);
    expect(table.size).toBe(65_536);
    expect(guessers.filter((name) => table.waitMs(keyOf(name), 500) === 500)).toEqual(guessers);
  });

  it("gives way where everybody in a place is refused, to nobody but who is refused less", () => {
    const table = createAttemptTable({ attempts: 1, sets: 1 });
    for (let i = 0; i < 8; i++) for (let n = 0; n <= i; n++) table.addWrong(keyOf(`${i}`), n * 1000);
    table.addWrong(keyOf("new"), 8000);
    expect(table.size).toBe(8);
    expect(table.waitMs(keyOf("7"), 8000)).toBeGreaterThan(0);
    expect(table.waitMs(keyOf("new"), 8000)).toBe(1000);
  });
});
