import { expect, it } from "vitest";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createCircuits } from "./circuits.ts";

function start() {
  const clock = createSteppedClock();
  let opened = 0;
  const circuits = createCircuits(clock, () => opened++);
  const miss = (target: string, times = 1): void => {
    for (let i = 0; i < times; i++) circuits.missed(circuits.enter(target));
  };
  const stateOf = (target: string) => circuits.list().find((each) => each.target === target);
  return { clock, circuits, miss, stateOf, opened: () => opened };
}

it("opens after five failures in a row, and not before", () => {
  const { circuits, miss, stateOf, opened } = start();
  miss("a", 4);
  circuits.reached(circuits.enter("a"));
  miss("a", 4);
  expect(circuits.admits("a")).toBe(true);
  expect(opened()).toBe(0);
  miss("a");
  expect(circuits.admits("a")).toBe(false);
  expect(circuits.admits("b")).toBe(true);
  expect(stateOf("a")).toEqual({
    target: "a",
    state: "open",
    failures_in_a_row: 5,
    retry_ms: 1000,
    requests: 10,
    unreachable: 9,
    in_flight: 0,
  });
  expect([opened(), circuits.openCount]).toEqual([1, 1]);
});

it("admits one request when its time is up, and closes by its success", () => {
  const { clock, circuits, miss, stateOf } = start();
  miss("a", 5);
  clock.advance(999);
  expect(circuits.admits("a")).toBe(false);
  clock.advance(1);
  expect(stateOf("a")?.state).toBe("half-open");
  const probe = circuits.enter("a");
  expect(circuits.admits("a")).toBe(false);
  circuits.reached(probe);
  expect(circuits.admits("a")).toBe(true);
  expect(stateOf("a")).toMatchObject({ state: "closed", failures_in_a_row: 0, retry_ms: null });
  expect(circuits.openCount).toBe(0);
});

it("opens for twice as long each time, up to a minute", () => {
  const { clock, circuits, miss, stateOf } = start();
  miss("a", 5);
  const times: (number | null)[] = [];
  for (let i = 0; i < 8; i++) {
    times.push(stateOf("a")!.retry_ms);
    clock.advance(stateOf("a")!.retry_ms!);
    miss("a");
  }
  expect(times).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  expect(circuits.openCount).toBe(1);
});

it("begins anew after a success", () => {
  const { clock, circuits, miss, stateOf } = start();
  miss("a", 5);
  clock.advance(1000);
  miss("a");
  clock.advance(2000);
  circuits.reached(circuits.enter("a"));
  miss("a", 5);
  expect(stateOf("a")?.retry_ms).toBe(1000);
});

it("lets another try where whoever asked went away", () => {
  const { clock, circuits, miss } = start();
  miss("a", 5);
  clock.advance(1000);
  circuits.gaveUp(circuits.enter("a"));
  expect(circuits.admits("a")).toBe(true);
});

it("does not open for longer by requests that were under way", () => {
  const { circuits, stateOf } = start();
  const under = Array.from({ length: 20 }, () => circuits.enter("a"));
  for (const each of under) circuits.missed(each);
  expect(stateOf("a")).toMatchObject({ state: "open", retry_ms: 1000, unreachable: 20 });
});

it("remembers a bounded number of targets, those that are open longest", () => {
  const { circuits, miss } = start();
  miss("dead", 5);
  for (let i = 0; i < 5000; i++) circuits.reached(circuits.enter(`t${i}`));
  expect(circuits.list()).toHaveLength(1024);
  expect(circuits.admits("dead")).toBe(false);
});
