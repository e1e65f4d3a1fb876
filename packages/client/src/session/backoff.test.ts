import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffDelayMs } from "./backoff.ts";

const times = fc.record({
  minDelayMs: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
  maxDelayMs: fc.double({ min: 0.001, max: 1e9, noNaN: true }),
});
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const failures = fc.oneof(fc.nat(60), fc.nat());

describe("the delay before an attempt", () => {
  it("doubles its bound with each failure in a row, up to the longest", () => {
    const bounds = [0, 1, 2, 3, 4, 5, 6].map((n) => backoffDelayMs(n, { minDelayMs: 100, maxDelayMs: 1500 }, 1));
    expect(bounds).toEqual([100, 100, 200, 400, 800, 1500, 1500]);
  });

  it("is between nothing and the longest delay, after however many failures", () => {
    fc.assert(
      fc.property(failures, times, random, (n, bounds, share) => {
        const delayMs = backoffDelayMs(n, bounds, share);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThanOrEqual(bounds.maxDelayMs);
      }),
    );
  });

  it("never has a lower bound after one more failure", () => {
    fc.assert(
      fc.property(failures, times, (n, bounds) => {
        expect(backoffDelayMs(n + 1, bounds, 1)).toBeGreaterThanOrEqual(backoffDelayMs(n, bounds, 1));
      }),
    );
  });

  it("is the share of its bound that chance says", () => {
    fc.assert(
      fc.property(failures, times, random, (n, bounds, share) => {
        expect(backoffDelayMs(n, bounds, share)).toBeCloseTo(share * backoffDelayMs(n, bounds, 1), 6);
      }),
    );
  });
});
