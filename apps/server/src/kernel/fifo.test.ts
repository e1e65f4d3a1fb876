import fc from "fast-check";
import { expect, it } from "vitest";
import { createFifo } from "./fifo.ts";

it("gives what waits back in its order, whatever comes and goes in between", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1500, max: 1500 }), { maxLength: 30 }), (steps) => {
      const fifo = createFifo<number>();
      const model: number[] = [];
      let next = 0;
      for (const step of steps) {
        for (let i = 0; i < step; i++) {
          fifo.push(next);
          model.push(next++);
        }
        for (let i = step; i < 0; i++) expect(fifo.take()).toBe(model.shift());
        expect(fifo.size).toBe(model.length);
      }
    }),
  );
});
