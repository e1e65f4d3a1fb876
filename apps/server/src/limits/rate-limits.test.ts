import { describe, expect, it } from "vitest";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createTestMetrics } from "../testing/fixtures.ts";
import { createRateLimits, pickRates, type Rates } from "./rate-limits.ts";

const none: Rates = {
  maxFramesPerSecond: 0,
  maxBytesPerSecond: 0,
  maxMetadataUpdatesPerSecond: 0,
  maxApplicationFramesPerSecond: 0,
  maxApplicationBytesPerSecond: 0,
};

function setup(rates: Partial<Rates>) {
  const clock = createSteppedClock(0);
  const metrics = createTestMetrics();
  return { clock, metrics, limits: createRateLimits({ ...none, ...rates }, clock, metrics)! };
}

describe("rates", () => {
  it("count nothing where none is bounded", () => {
    expect(createRateLimits(none, createSteppedClock(0), createTestMetrics())).toBeNull();
    expect(pickRates({ ...none, maxBytesPerSecond: 3 })).toEqual({ ...none, maxBytesPerSecond: 3 });
  });

  it("refuse the frame that is one too many, and say when the next may come", () => {
    const { clock, limits, metrics } = setup({ maxFramesPerSecond: 2 });
    const meter = limits.createMeter();
    const charge = () => limits.charge(meter, "app", "SEND", 10);
    expect([charge(), charge()]).toEqual([null, null]);
    expect(charge()).toEqual({ limit: "maxFramesPerSecond", max: 2, retryAfterMs: 1, isFlood: false });
    expect(metrics.total("singyeong_rate_limited_total")).toBe(1);
    clock.advance(500);
    expect([charge(), charge()]).toMatchObject([null, { limit: "maxFramesPerSecond" }]);
  });

  it("count updates of metadata apart from everything else", () => {
    const { limits } = setup({ maxMetadataUpdatesPerSecond: 1 });
    const meter = limits.createMeter();
    const charge = (event: string) => limits.charge(meter, "app", event, 10)?.limit ?? null;
    expect([charge("SEND"), charge("UPDATE_METADATA"), charge("SEND"), charge("UPDATE_METADATA")]).toEqual([
      null,
      null,
      null,
      "maxMetadataUpdatesPerSecond",
    ]);
  });

  it("count the clients of an application together, and those of another apart", () => {
    const { limits } = setup({ maxApplicationBytesPerSecond: 100 });
    const charge = (application: string) => limits.charge(limits.createMeter(), application, "SEND", 60)?.limit ?? null;
    expect([charge("a"), charge("a"), charge("a"), charge("b")]).toEqual([
      null,
      null,
      "maxApplicationBytesPerSecond",
      null,
    ]);
  });

  it("give back what a refused frame took of other rates", () => {
    const { clock, limits } = setup({ maxFramesPerSecond: 2, maxApplicationFramesPerSecond: 1 });
    const [one, other] = [limits.createMeter(), limits.createMeter()];
    expect(limits.charge(other, "app", "SEND", 1)).toBeNull();
    for (let i = 0; i < 5; i++) {
      expect(limits.charge(one, "app", "SEND", 1)).toMatchObject({ limit: "maxApplicationFramesPerSecond" });
    }
    clock.advance(1000);
    expect(limits.charge(one, "app", "SEND", 1)).toBeNull();
  });

  it("tell a flood by a thousand refusals in a row", () => {
    const { clock, limits } = setup({ maxFramesPerSecond: 1 });
    const meter = limits.createMeter();
    const flood = (count: number) => {
      for (let i = 0; i < count; i++) limits.charge(meter, "app", "SEND", 1);
      return limits.charge(meter, "app", "SEND", 1)?.isFlood;
    };
    expect(flood(999)).toBe(false);
    clock.advance(1000);
    expect(flood(1000)).toBe(true);
  });
});
