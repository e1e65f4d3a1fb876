import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTokenBucket, msUntilToken, takeTokens } from "./token-bucket.ts";

describe("a bucket", () => {
  it("lets a second's worth pass at once, and then what it gains", () => {
    const bucket = createTokenBucket(10, 0);
    const taken = (nowMs: number) => takeTokens(bucket, 1, 10, nowMs);
    expect(Array.from({ length: 11 }, () => taken(0))).toEqual([...Array(10).fill(true), false]);
    expect([taken(99), taken(100), taken(200)]).toEqual([true, false, true]);
  });

  it("lets what costs more than a second's worth pass, and has it paid for after", () => {
    const bucket = createTokenBucket(1000, 0);
    expect(takeTokens(bucket, 3000, 1000, 0)).toBe(true);
    expect(msUntilToken(bucket, 1000)).toBe(2001);
    expect([takeTokens(bucket, 1, 1000, 2000), takeTokens(bucket, 1, 1000, 2001)]).toEqual([false, true]);
  });

  it("never lets more pass in any time than a second's worth beyond what it gains in it, and one that overdraws", () => {
    const steps = fc.array(fc.record({ afterMs: fc.nat(500), cost: fc.integer({ min: 1, max: 50 }) }), {
      maxLength: 100,
      size: "max",
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), steps, (perSecond, tries) => {
        const bucket = createTokenBucket(perSecond, 0);
        let nowMs = 0;
        let passed = 0;
        let dearest = 0;
        for (const { afterMs, cost } of tries) {
          nowMs += afterMs;
          dearest = Math.max(dearest, cost);
          if (takeTokens(bucket, cost, perSecond, nowMs)) passed += cost;
        }
        expect(passed).toBeLessThanOrEqual(perSecond + (nowMs * perSecond) / 1000 + dearest + 1e-6);
      }),
      { verbose: 1 },
    );
  });
});
