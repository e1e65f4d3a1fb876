import { expect, it } from "vitest";
import { createSteppedClock } from "../clock-stepped/clock-stepped.ts";
import { createPools } from "./pools.ts";

const target = (port: number) => ({ secure: false, address: "127.0.0.1", port, serverName: null });

it("keeps a pool for each target", async () => {
  const pools = createPools(1000, createSteppedClock());
  const first = pools.take(target(1));
  expect(pools.take(target(1))).toBe(first);
  expect(pools.take(target(2))).not.toBe(first);
  expect(pools.take({ ...target(1), secure: true, serverName: "a" })).not.toBe(first);
  expect(pools.take({ ...target(1), secure: true, serverName: "a" })).not.toBe(
    pools.take({ ...target(1), secure: true, serverName: "b" }),
  );
  await pools.close();
});

it("ends a pool that nobody has used for half a minute", async () => {
  const clock = createSteppedClock();
  const pools = createPools(1000, clock);
  const idle = pools.take(target(1));
  const used = pools.take(target(2));
  idle.enter();
  idle.leave();
  used.enter();
  used.leave();
  clock.advance(29_000);
  expect(pools.take(target(1))).toBe(idle);
  used.enter();
  used.leave();
  clock.advance(1000);
  expect(idle.pool.destroyed).toBe(true);
  expect(pools.take(target(1))).not.toBe(idle);
  expect(used.pool.destroyed).toBe(false);
  clock.advance(30_000);
  expect(used.pool.destroyed).toBe(true);
  await pools.close();
});

it("does not end a pool with a request under way", async () => {
  const clock = createSteppedClock();
  const pools = createPools(1000, clock);
  const busy = pools.take(target(1));
  busy.enter();
  for (let port = 2; port < 1000; port++) {
    const other = pools.take(target(port));
    other.enter();
    other.leave();
  }
  clock.advance(1_000_000);
  expect(busy.pool.destroyed).toBe(false);
  expect(pools.take(target(1))).toBe(busy);
  await pools.close();
});

it("keeps a bounded number of pools without requests, those used last", async () => {
  const pools = createPools(1000, createSteppedClock());
  const all = Array.from({ length: 300 }, (_, i) => {
    const each = pools.take(target(i + 1));
    each.enter();
    each.leave();
    return each;
  });
  expect(all.filter(({ pool }) => !pool.destroyed)).toHaveLength(256);
  expect(all[0]!.pool.destroyed).toBe(true);
  expect(all[299]!.pool.destroyed).toBe(false);
  await pools.close();
  expect(all.every(({ pool }) => pool.destroyed)).toBe(true);
});
