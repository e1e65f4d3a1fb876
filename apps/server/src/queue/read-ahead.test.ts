import { describe, expect, it } from "vitest";
import { createBench } from "./machine/machine.kit.ts";
import { listAhead } from "./read-ahead.ts";

function setup() {
  const { book, machine, queue, consumer, admit } = createBench();
  const a = consumer("a", "any");
  return {
    table: book.table,
    admit,
    /** What is ahead once so many messages of the lane `any` were given out. */
    ahead(count: number) {
      machine.request(a, queue(), count, 0);
      return listAhead(book, [...a.holds.values()].at(-1)!).map(({ seq }) => seq);
    },
  };
}

describe("what is read ahead", () => {
  it("is what comes next of the same target and priority", () => {
    const { admit, ahead } = setup();
    for (let i = 0; i < 4; i++) admit();
    admit({ target: "other" });
    admit({ priority: 1 });
    expect(ahead(1)).toEqual([2, 3, 4]);
    expect(ahead(1)).toEqual([3, 4]);
  });

  it("is nothing where nothing waits", () => {
    const { admit, ahead } = setup();
    admit();
    expect(ahead(1)).toEqual([]);
  });

  it("is 64 messages at most, and no more than 256 KiB", () => {
    const many = setup();
    for (let i = 0; i < 100; i++) many.admit();
    expect(many.ahead(1).length).toBe(64);
    const large = setup();
    for (let i = 0; i < 10; i++) large.admit();
    for (let slot = 0; slot < large.table.slots; slot++) large.table.bytes.set(slot, 100 * 1024);
    expect(large.ahead(1)).toEqual([2, 3]);
  });
});
