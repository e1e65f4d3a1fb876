import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createIdleTimer } from "./idle-timer.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("tells when there was nothing to do for a while, and not while there is", () => {
  const onIdle = vi.fn();
  const timer = createIdleTimer(100, onIdle);
  vi.advanceTimersByTime(99);
  timer.begin();
  timer.begin();
  timer.end();
  vi.advanceTimersByTime(1000);
  expect(onIdle).not.toHaveBeenCalled();
  timer.end();
  vi.advanceTimersByTime(99);
  expect(onIdle).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onIdle).toHaveBeenCalledOnce();
});

it("tells nothing once it is closed, nor where no time is given", () => {
  const onIdle = vi.fn();
  createIdleTimer(100, onIdle).close();
  createIdleTimer(undefined, onIdle);
  vi.advanceTimersByTime(1000);
  expect(onIdle).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
