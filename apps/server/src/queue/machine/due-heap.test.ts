import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDueHeap } from "./due-heap.ts";
import { createMessageTable } from "./message-table.ts";

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("place" as const), slot: fc.nat(19), dueMs: fc.nat(15) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), slot: fc.nat(19) }) },
  ),
  { maxLength: 150, size: "max" },
);

describe("the heap of what is due", () => {
  it("has first what a sort by time and turn puts first, however messages come, move and go", () => {
    fc.assert(
      fc.property(
        steps,
        fc.shuffledSubarray(
          Array.from({ length: 20 }, (_, i) => i),
          { minLength: 20 },
        ),
        (path, turns) => {
          const table = createMessageTable();
          const heap = createDueHeap(table);
          for (let i = 0; i < 20; i++) {
            const slot = table.allot();
            table.heapAt.set(slot, -1);
            table.turn.set(slot, turns[slot]!);
          }
          const model = new Map<number, number>();
          const sorted = (): number[] =>
            [...model].sort(([a, dueA], [b, dueB]) => dueA - dueB || turns[a]! - turns[b]!).map(([slot]) => slot);
          for (const step of path) {
            if (step.kind === "remove") {
              heap.remove(step.slot);
              model.delete(step.slot);
            } else {
              table.dueMs.set(step.slot, step.dueMs);
              heap.place(step.slot);
              // Due at 0 is never.
              if (step.dueMs === 0) model.delete(step.slot);
              else model.set(step.slot, step.dueMs);
            }
            expect(heap.first).toBe(sorted()[0] ?? -1);
            expect(heap.size).toBe(model.size);
          }
          for (const slot of sorted()) {
            expect(heap.first).toBe(slot);
            heap.remove(slot);
          }
          expect(heap.first).toBe(-1);
        },
      ),
    );
  });
});
