import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSteppedPlatform } from "../platform/stepped.kit.ts";
import { createDeadlines, type Timed } from "./deadlines.ts";

interface Named extends Timed {
  readonly name: string;
}

function stage() {
  const platform = createSteppedPlatform();
  const expired: [string, number][] = [];
  const deadlines = createDeadlines<Named>(platform, ({ name }) => void expired.push([name, platform.elapsedMs()]));
  const add = (name: string, deadlineMs: number): Named => {
    const item = { name, deadlineMs };
    deadlines.add(item);
    return item;
  };
  return { platform, expired, deadlines, add };
}

describe("deadlines", () => {
  it("expire at their time, whatever the order they came in", () => {
    const { platform, expired, add } = stage();
    add("late", 300);
    add("early", 100);
    add("middle", 200);
    platform.step(1000);
    expect(expired).toEqual([
      ["early", 100],
      ["middle", 200],
      ["late", 300],
    ]);
  });

  it("need one timer for many, and none for those that never come", () => {
    const { platform, deadlines, add } = stage();
    add("never", Number.POSITIVE_INFINITY);
    expect(platform.timers).toBe(0);
    for (let i = 0; i < 1000; i++) add(`${i}`, 1000 - i);
    expect(platform.timers).toBe(1);
    platform.step(1000);
    expect(platform.timers).toBe(0);
    expect(deadlines.size).toBe(1);
  });

  it("that are taken back do not expire, and the last takes the timer with it", () => {
    const { platform, expired, deadlines, add } = stage();
    const [a, b] = [add("a", 100), add("b", 200)];
    deadlines.delete(a);
    platform.step(100);
    deadlines.delete(b);
    deadlines.delete(b);
    expect(platform.timers).toBe(0);
    platform.step(1000);
    expect(expired).toEqual([]);
  });

  it("are out when they are told of, and may be followed by others then", () => {
    const platform = createSteppedPlatform();
    const sizes: number[] = [];
    const deadlines = createDeadlines<Timed>(platform, () => {
      sizes.push(deadlines.size);
      if (sizes.length < 3) deadlines.add({ deadlineMs: platform.elapsedMs() + 10 });
    });
    deadlines.add({ deadlineMs: 10 });
    platform.step(30);
    expect(sizes).toEqual([0, 0, 0]);
    expect(platform.timers).toBe(0);
  });

  it("that are past already expire as soon as time is looked at", () => {
    const { platform, expired, add } = stage();
    platform.step(500);
    add("past", 100);
    expect(expired).toEqual([]);
    platform.step(0);
    expect(expired).toEqual([["past", 500]]);
  });

  it("are iterated from the first that came", () => {
    const { deadlines, add } = stage();
    for (const name of ["a", "b", "c"]) add(name, 1);
    expect(Array.from(deadlines, ({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  it("behave like a timer each", () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 0, max: 50 }) }),
      fc.record({ remove: fc.nat(40) }),
      fc.record({ pass: fc.integer({ min: 0, max: 30 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (path) => {
        const { platform, expired, deadlines } = stage();
        const model = createSteppedPlatform();
        const expected: [string, number][] = [];
        const items: { readonly item: Named; readonly cancel: () => void }[] = [];
        for (const happening of path) {
          if ("add" in happening) {
            const item = { name: `${items.length}`, deadlineMs: platform.elapsedMs() + happening.add };
            deadlines.add(item);
            const cancel = model.after(happening.add, () => expected.push([item.name, model.elapsedMs()]));
            items.push({ item, cancel });
          } else if ("remove" in happening) {
            const removed = items[happening.remove];
            if (removed !== undefined) deadlines.delete(removed.item);
            removed?.cancel();
          } else {
            platform.step(happening.pass);
            model.step(happening.pass);
          }
          expect(platform.timers).toBeLessThanOrEqual(1);
          if (deadlines.size === 0) expect(platform.timers).toBe(0);
        }
        const byName = (list: typeof expired) => [...list].sort(([a], [b]) => Number(a) - Number(b));
        expect(byName(expired)).toEqual(byName(expected));
      }),
    );
  });
});
