import { maxCredit } from "@singyeong/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFlow, grant, take } from "./flow.ts";

describe("the flow of one direction", () => {
  it("takes as many messages as there is credit, and then as many as more is given", () => {
    const flow = createFlow(2);
    expect([take(flow, 10, 100), take(flow, 10, 100), take(flow, 10, 100)]).toEqual([true, true, false]);
    grant(flow, 1);
    expect([take(flow, 10, 100), take(flow, 10, 100)]).toEqual([true, false]);
  });

  it("takes a message of any size while less than the limit is under way", () => {
    const flow = createFlow(10);
    expect([take(flow, 99, 100), take(flow, 1_000_000, 100), take(flow, 1, 100)]).toEqual([true, true, false]);
    grant(flow, 1);
    expect(take(flow, 1, 100)).toBe(false);
    grant(flow, 1);
    expect(take(flow, 1, 100)).toBe(true);
  });

  it("counts no more credit than there can be", () => {
    const flow = createFlow(maxCredit);
    grant(flow, maxCredit);
    expect(flow.credit).toBe(maxCredit);
  });

  it("does what a list of the sizes under way says", () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ size: fc.nat(60) }) },
      { weight: 1, arbitrary: fc.record({ n: fc.integer({ min: 1, max: 40 }) }) },
    );
    fc.assert(
      fc.property(
        fc.nat(40),
        fc.integer({ min: 1, max: 600 }),
        fc.array(step, { maxLength: 400, size: "max" }),
        (credit, max, steps) => {
          const flow = createFlow(credit);
          let left = credit;
          const underWay: number[] = [];
          for (const act of steps) {
            if ("size" in act) {
              const fits = left > 0 && underWay.reduce((sum, size) => sum + size, 0) < max;
              expect(take(flow, act.size, max)).toBe(fits);
              if (!fits) continue;
              left--;
              underWay.push(act.size);
            } else {
              grant(flow, act.n);
              left += act.n;
              underWay.splice(0, act.n);
            }
          }
          expect([flow.credit, flow.bytes]).toEqual([left, underWay.reduce((sum, size) => sum + size, 0)]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
