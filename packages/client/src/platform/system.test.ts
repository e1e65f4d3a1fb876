import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemPlatform } from "./system.ts";

/** 2^31 milliseconds, which timers take for one. */
const tooLongMs = 2 ** 31;

describe("a timer of the runtime", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("calls back once after its delay, unless it is taken back", () => {
    const [run, never] = [vi.fn(), vi.fn()];
    systemPlatform.after(100, run);
    const cancel = systemPlatform.after(100, never);
    vi.advanceTimersByTime(99);
    expect(run).not.toHaveBeenCalled();
    cancel();
    vi.advanceTimersByTime(1000);
    cancel();
    expect([run.mock.calls.length, never.mock.calls.length]).toEqual([1, 0]);
  });

  it.each([tooLongMs, tooLongMs * 10, Number.POSITIVE_INFINITY])("of %d ms waits as long as timers can", (delayMs) => {
    const set = vi.spyOn(globalThis, "setTimeout");
    systemPlatform.after(delayMs, () => {})();
    expect(set.mock.calls.map(([, ms]) => ms)).toEqual([tooLongMs - 1]);
  });
});

describe("a token", () => {
  it("is 16 letters and digits, another one each time", () => {
    const tokens = Array.from({ length: 1000 }, systemPlatform.token);
    for (const token of tokens) expect(token).toMatch(/^[0-9a-z]{16}$/);
    expect(new Set(tokens).size).toBe(1000);
  });
});

describe("time and chance", () => {
  it("only grow, and lie between nought and one", () => {
    const started = systemPlatform.elapsedMs();
    expect(systemPlatform.elapsedMs()).toBeGreaterThanOrEqual(started);
    for (let i = 0; i < 100; i++) expect(Math.floor(systemPlatform.random())).toBe(0);
  });
});
