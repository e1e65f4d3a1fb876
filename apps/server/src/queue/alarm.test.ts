import { describe, expect, it } from "vitest";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createAlarm } from "./alarm.ts";

function setup() {
  const clock = createSteppedClock(0);
  const rung: number[] = [];
  const alarm = createAlarm(clock, clock.now, () => void rung.push(clock.now()));
  return { clock, rung, alarm };
}

describe("the alarm", () => {
  it("rings once, at the earliest time asked for", () => {
    const { clock, rung, alarm } = setup();
    alarm.by(500);
    alarm.by(900);
    alarm.by(200);
    clock.advance(10_000);
    expect(rung).toEqual([200]);
    alarm.by(10_100);
    clock.advance(1000);
    expect(rung).toEqual([200, 10_100]);
  });

  it("rings at once for what is overdue, and never for what never comes", () => {
    const { clock, rung, alarm } = setup();
    clock.advance(1000);
    alarm.by(Number.POSITIVE_INFINITY);
    alarm.by(10);
    clock.advance(0);
    expect(rung).toEqual([1000]);
  });

  it("rings in between where the wait is longer than timers go", () => {
    const { clock, rung, alarm } = setup();
    const yearMs = 31_536_000_000;
    alarm.by(yearMs);
    clock.advance(2 ** 31 - 1);
    expect(rung).toEqual([86_400_000]);
  });

  it("rings no more once it is stopped", () => {
    const { clock, rung, alarm } = setup();
    alarm.by(100);
    alarm.stop();
    alarm.by(200);
    clock.advance(1000);
    expect(rung).toEqual([]);
  });
});
