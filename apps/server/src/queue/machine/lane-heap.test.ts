import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstSlot, goesBefore, stepOut } from "./lane.ts";
import { arrange, rearrange, takeFirst } from "./lane-heap.ts";
import { createBench } from "./machine.kit.ts";

describe("the heap of lanes", () => {
  it("has first the lane whose message goes first, as messages go", () => {
    const message = fc.record({ target: fc.constantFrom("a", "b", "c", "d", "e", "f"), priority: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 40 }), (messages) => {
        const { book, admit, queue } = createBench();
        for (const each of messages) admit(each);
        const { table } = book;
        const lanes = [...queue().open];
        arrange(table, lanes);
        const taken: number[] = [];
        while (lanes.length > 0) {
          const first = lanes[0]!;
          for (const other of lanes) expect(goesBefore(table, other, first)).toBe(false);
          const slot = firstSlot(first);
          taken.push(table.seq.get(slot));
          stepOut(table, first, slot);
          if (first.openAt === -1) takeFirst(table, lanes);
          else rearrange(table, lanes);
        }
        const numbered = messages.map(({ priority }, i) => ({ priority, seq: i + 1 }));
        const expected = numbered.sort((a, b) => b.priority - a.priority || a.seq - b.seq).map(({ seq }) => seq);
        expect(taken).toEqual(expected);
      }),
    );
  });
});
