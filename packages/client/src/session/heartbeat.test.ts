import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { createSteppedPlatform } from "../platform/stepped.kit.ts";
import { createHeartbeat } from "./heartbeat.ts";

const intervalMs = 1000;

function stage() {
  const platform = createSteppedPlatform();
  const [beat, latency, missed] = [vi.fn(), vi.fn(), vi.fn()];
  const heartbeat = createHeartbeat({ platform, intervalMs, beat, latency, missed });
  return { platform, beat, latency, missed, heartbeat };
}

describe("a heartbeat", () => {
  it("beats at once and then once an interval, while the server is heard", () => {
    const { platform, beat, missed, heartbeat } = stage();
    for (let beats = 1; beats <= 5; beats++) {
      expect(beat).toHaveBeenCalledTimes(beats);
      heartbeat.alive();
      platform.step(intervalMs);
    }
    expect(missed).not.toHaveBeenCalled();
  });

  it("measures the round trip of each beat once", () => {
    const { platform, latency, heartbeat } = stage();
    platform.step(30);
    heartbeat.alive();
    heartbeat.acknowledged();
    platform.step(5);
    heartbeat.acknowledged();
    platform.step(intervalMs - 35);
    platform.step(70);
    heartbeat.acknowledged();
    expect(latency.mock.calls).toEqual([[30], [70]]);
  });

  it("takes whatever comes as a sign of life, acknowledged or not", () => {
    const { platform, latency, missed, heartbeat } = stage();
    for (let i = 0; i < 5; i++) {
      platform.step(intervalMs / 2);
      heartbeat.alive();
      platform.step(intervalMs / 2);
    }
    expect(missed).not.toHaveBeenCalled();
    expect(latency).not.toHaveBeenCalled();
  });

  it("gives a server up that says nothing at all after one interval, once", () => {
    const { platform, beat, missed } = stage();
    platform.step(intervalMs - 1);
    expect(missed).not.toHaveBeenCalled();
    platform.step(1);
    expect(missed).toHaveBeenCalledTimes(1);
    platform.step(10 * intervalMs);
    expect(missed).toHaveBeenCalledTimes(1);
    expect(beat).toHaveBeenCalledTimes(1);
    expect(platform.timers).toBe(0);
  });

  it("gives a server up one to two intervals after its last sign of life, whenever that was", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: intervalMs - 1 }), { minLength: 1, maxLength: 20 }), (pauses) => {
        const { platform, missed, heartbeat } = stage();
        for (const pauseMs of pauses) {
          platform.step(pauseMs);
          heartbeat.alive();
        }
        expect(missed).not.toHaveBeenCalled();
        platform.step(intervalMs - 1);
        expect(missed).not.toHaveBeenCalled();
        platform.step(intervalMs + 1);
        expect(missed).toHaveBeenCalledTimes(1);
      }),
    );
  });

  it("neither beats nor misses anything once it is stopped", () => {
    const { platform, beat, missed, heartbeat } = stage();
    heartbeat.stop();
    heartbeat.stop();
    expect(platform.timers).toBe(0);
    platform.step(10 * intervalMs);
    expect(beat).toHaveBeenCalledTimes(1);
    expect(missed).not.toHaveBeenCalled();
  });
});
