import { describe, expect, it } from "vitest";
import { createMessageTable } from "./message-table.ts";

describe("the table of messages", () => {
  it("allots a slot to each message, and those of messages that are gone again", () => {
    const table = createMessageTable();
    const slots = [table.allot(), table.allot(), table.allot()];
    expect(new Set(slots).size).toBe(3);
    table.free(slots[1]!);
    expect(table.size).toBe(2);
    expect(table.allot()).toBe(slots[1]);
    expect(table.size).toBe(3);
    expect(slots).not.toContain(table.allot());
  });

  it("takes slots as soon as they are allotted, also thousands of them", () => {
    const table = createMessageTable();
    for (let i = 0; i < 30_000; i++) {
      const slot = table.allot();
      table.seq.set(slot, i);
      table.heapAt.set(slot, -1);
    }
    expect([table.size, table.seq.get(29_999), table.heapAt.get(0)]).toEqual([30_000, 29_999, -1]);
  });
});
