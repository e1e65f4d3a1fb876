import { describe, expect, it } from "vitest";
import { firstPriority, firstSlot, goesBefore, lineUp, stepOut } from "./lane.ts";
import { createBench } from "./machine.kit.ts";

function setup() {
  const { book, admit, queue } = createBench();
  const slotOf = (seq: number): number => {
    for (let slot = 0; slot < book.table.slots; slot++) if (book.table.seq.get(slot) === seq) return slot;
    throw new Error(`no message ${seq}`);
  };
  return {
    table: book.table,
    slot: (options: object) => slotOf(admit(options)),
    lane: (target: string) => queue().lanes.get(target)!,
    queue,
  };
}

describe("a lane", () => {
  it("has first what is of the highest priority and came first", () => {
    const { table, slot, lane } = setup();
    slot({ target: "t", priority: 4 });
    const first = slot({ target: "t", priority: 9 });
    const second = slot({ target: "t", priority: 9 });
    const t = lane("t");
    expect([firstPriority(t), firstSlot(t)]).toEqual([9, first]);
    stepOut(table, t, first);
    expect(firstSlot(t)).toBe(second);
    lineUp(table, t, first);
    expect(firstSlot(t)).toBe(first);
    stepOut(table, t, first);
    table.turn.set(first, 1000);
    lineUp(table, t, first);
    expect(firstSlot(t)).toBe(second);
  });

  it("goes before another by priority, then by turn", () => {
    const { table, slot, lane } = setup();
    slot({ target: "a", priority: 4 });
    slot({ target: "b", priority: 4 });
    expect(goesBefore(table, lane("a"), lane("b"))).toBe(true);
    expect(goesBefore(table, lane("b"), lane("a"))).toBe(false);
    slot({ target: "b", priority: 5 });
    expect(goesBefore(table, lane("b"), lane("a"))).toBe(true);
  });

  it("is among the open ones of its queue as long as something is ready", () => {
    const { table, slot, lane, queue } = setup();
    const [a, b, c] = ["a", "b", "c"].map((target) => slot({ target }));
    expect(queue().open).toEqual([lane("a"), lane("b"), lane("c")]);
    stepOut(table, lane("a"), a!);
    expect(new Set(queue().open)).toEqual(new Set([lane("b"), lane("c")]));
    stepOut(table, lane("c"), c!);
    expect(queue().open).toEqual([lane("b")]);
    lineUp(table, lane("a"), a!);
    stepOut(table, lane("b"), b!);
    expect(queue().open).toEqual([lane("a")]);
    for (const open of queue().open) expect(queue().open[open.openAt]).toBe(open);
  });
});
