import { describe, expect, it } from "vitest";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createLinger } from "./linger.ts";

function setup() {
  const clock = createSteppedClock(0);
  const stored: string[] = [];
  const linger = createLinger(
    (seq, slot) => void stored.push(`${seq} at ${clock.now()} in ${slot}`),
    (run) => void clock.after(50, run),
  );
  return { clock, stored, linger };
}

describe("deliveries that linger", () => {
  it("are stored after one to two rounds, in order", () => {
    const { clock, stored, linger } = setup();
    linger.add(1, 7);
    clock.advance(49);
    linger.add(2, 8);
    clock.advance(51);
    expect(stored).toEqual(["1 at 100 in 7", "2 at 100 in 8"]);
    clock.advance(1000);
    linger.add(3, 9);
    clock.advance(100);
    expect(stored.at(-1)).toBe("3 at 1200 in 9");
  });

  it("are not stored where their message goes first", () => {
    const { clock, stored, linger } = setup();
    linger.add(1, 1);
    linger.add(2, 2);
    linger.drop(1);
    clock.advance(50);
    linger.drop(2);
    linger.drop(3);
    clock.advance(1000);
    expect(stored).toEqual([]);
  });

  it("are stored once, where a message is given out again meanwhile", () => {
    const { clock, stored, linger } = setup();
    linger.add(1, 1);
    clock.advance(50);
    linger.add(1, 1);
    clock.advance(1000);
    expect(stored).toEqual(["1 at 100 in 1"]);
  });

  it("are stored at once where there is no time left, and not again", () => {
    const { clock, stored, linger } = setup();
    linger.add(1, 1);
    clock.advance(50);
    linger.add(2, 2);
    linger.flush();
    clock.advance(1000);
    expect(stored).toEqual(["1 at 50 in 1", "2 at 50 in 2"]);
  });
});
