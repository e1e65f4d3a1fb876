import { describe, expect, it } from "vitest";
import { createQueueTime } from "./queue-time.ts";

describe("the time of queues", () => {
  it("begins with what the clock shows, and goes on as time passes, whatever the clock is set to", () => {
    const clock = {
      nowMs: 1_700_000_000_000,
      elapsedMs: 250.75,
      now: () => clock.nowMs,
      elapsed: () => clock.elapsedMs,
      after: () => () => {},
    };
    const now = createQueueTime(clock);
    expect(now()).toBe(1_700_000_000_000);
    clock.elapsedMs += 1000.5;
    clock.nowMs += 3_600_000;
    expect(now()).toBe(1_700_000_001_000);
    clock.nowMs -= 7_200_000;
    clock.elapsedMs += 1;
    expect(now()).toBe(1_700_000_001_001);
  });
});
