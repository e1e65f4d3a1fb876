import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createQueue } from "./queue.ts";

type Step = "push" | "shift" | "clear";

const steps = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: fc.constant<Step>("push") },
    { weight: 15, arbitrary: fc.constant<Step>("shift") },
    { weight: 1, arbitrary: fc.constant<Step>("clear") },
  ),
  { maxLength: 300 },
);

describe("a queue", () => {
  it("does what an array would that forgets its oldest value when it is full", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), steps, (capacity, path) => {
        const queue = createQueue<number>(capacity);
        const model: number[] = [];
        path.forEach((step, i) => {
          if (step === "push") {
            const isFull = model.length === capacity;
            if (isFull) model.shift();
            model.push(i);
            expect(queue.push(i)).toBe(!isFull);
          } else if (step === "clear") {
            queue.clear();
            model.length = 0;
          } else if (model.length > 0) expect(queue.shift()).toBe(model.shift());
          expect(queue.size).toBe(model.length);
          expect(queue.values()).toEqual(model);
        });
      }),
    );
  });

  it("keeps its order and its size over thousands of values", () => {
    const queue = createQueue<number>(5000);
    let next = 0;
    for (let i = 0; i < 20_000; i++) {
      queue.push(i);
      if (i % 4 !== 3) expect(queue.shift()).toBe(next++);
    }
    expect(queue.size).toBe(20_000 - next);
    while (queue.size > 0) expect(queue.shift()).toBe(next++);
    expect(next).toBe(20_000);
  });

  it("keeps values that are undefined", () => {
    const queue = createQueue<undefined>(2);
    queue.push(undefined);
    expect(queue.size).toBe(1);
    expect(queue.shift()).toBeUndefined();
    expect(queue.size).toBe(0);
  });
});
