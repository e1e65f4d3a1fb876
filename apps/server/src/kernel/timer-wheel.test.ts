import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createTimerWheel, type Timer } from "./timer-wheel.ts";

const tickMs = 10;

function setup() {
  const clock = createSteppedClock(1_000_000);
  const errors: unknown[] = [];
  return {
    clock,
    errors,
    wheel: createTimerWheel({ clock, tickMs, slots: 8, onError: (error) => errors.push(error) }),
  };
}

describe("a timer wheel", () => {
  it("runs a task once, never early and about one tick late at most", () => {
    const { clock, wheel } = setup();
    const ran: number[] = [];
    wheel.schedule(25, () => ran.push(clock.now()));
    clock.advance(24);
    expect(ran).toEqual([]);
    clock.advance(1000);
    expect(ran).toHaveLength(1);
    expect(ran[0]).toBeGreaterThanOrEqual(1_000_025);
    expect(ran[0]).toBeLessThanOrEqual(1_000_025 + 2 * tickMs);
  });

  it("keeps timers of later revolutions", () => {
    const { clock, wheel } = setup();
    const ran: string[] = [];
    wheel.schedule(5, () => ran.push("soon"));
    wheel.schedule(5 + 8 * tickMs, () => ran.push("next revolution"));
    clock.advance(5 * tickMs);
    expect(ran).toEqual(["soon"]);
    clock.advance(8 * tickMs);
    expect(ran).toEqual(["soon", "next revolution"]);
  });

  it("never runs what was cancelled, also by a task of the same slot", () => {
    const { clock, wheel } = setup();
    const ran: string[] = [];
    const timers: Timer[] = [];
    timers.push(wheel.schedule(5, () => wheel.cancel(timers[1]!)));
    timers.push(wheel.schedule(5, () => ran.push("cancelled by its neighbour")));
    timers.push(wheel.schedule(5, () => ran.push("cancelled at once")));
    wheel.cancel(timers[2]!);
    clock.advance(100);
    expect(ran).toEqual([]);
    expect(wheel.size).toBe(0);
  });

  it("catches up after time jumped by more than a revolution", () => {
    const { wheel, clock } = setup();
    let ran = 0;
    for (let delay = 0; delay < 500; delay += 7) wheel.schedule(delay, () => ran++);
    clock.advance(10_000);
    expect(ran).toBe(72);
  });

  it("reports a task that throws and runs the others", () => {
    const { clock, wheel, errors } = setup();
    let ran = 0;
    const broken = new Error("broken");
    wheel.schedule(5, () => {
      throw broken;
    });
    wheel.schedule(5, () => ran++);
    wheel.schedule(50, () => ran++);
    clock.advance(200);
    expect(errors).toEqual([broken]);
    expect(ran).toBe(2);
  });

  it("holds no clock timer while nothing waits", () => {
    const pending = new Set<() => void>();
    const clock = {
      now: () => 0,
      elapsed: () => 0,
      after: (_delayMs: number, task: () => void) => {
        pending.add(task);
        return () => void pending.delete(task);
      },
    };
    const wheel = createTimerWheel({ clock, onError: () => {} });
    expect(pending.size).toBe(0);
    wheel.schedule(1, () => {});
    expect(pending.size).toBe(1);
  });

  it("agrees with a list of deadlines under random schedules, cancels and steps", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("schedule" as const), value: fc.nat(400) }),
      fc.record({ kind: fc.constant("cancel" as const), value: fc.nat(50) }),
      fc.record({ kind: fc.constant("advance" as const), value: fc.nat(300) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
        const { clock, wheel } = setup();
        const all: { timer: Timer; deadline: number; ranAt: number | null; cancelled: boolean }[] = [];
        for (const { kind, value } of steps) {
          if (kind === "advance") clock.advance(value);
          if (kind === "cancel" && all[value] !== undefined && all[value].ranAt === null) {
            wheel.cancel(all[value].timer);
            all[value].cancelled = true;
          }
          if (kind === "schedule") {
            const entry = { deadline: clock.now() + value, ranAt: null as number | null, cancelled: false };
            const timer = wheel.schedule(value, () => {
              entry.ranAt = clock.now();
            });
            all.push(Object.assign(entry, { timer }));
          }
          for (const { deadline, ranAt, cancelled } of all) {
            if (cancelled) expect(ranAt).toBeNull();
            else if (ranAt !== null) expect(ranAt).toBeGreaterThanOrEqual(deadline);
            else expect(clock.now()).toBeLessThan(deadline + 2 * tickMs);
          }
        }
        expect(wheel.size).toBe(all.filter(({ ranAt, cancelled }) => ranAt === null && !cancelled).length);
      }),
    );
  });
});
