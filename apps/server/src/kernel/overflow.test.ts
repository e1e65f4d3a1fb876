import fc from "fast-check";
import { expect, it } from "vitest";
import { createBlockPool, createOverflow } from "./overflow.ts";

const mebibyte = 1_048_576;

it("gives back what was put in, in order, whatever was taken between", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constant("take" as const), fc.integer({ min: 1, max: 700_000 })), { maxLength: 30 }),
      (steps) => {
        const overflow = createOverflow(createBlockPool());
        let put = 0;
        let taken = 0;
        const take = (): void => {
          for (const byte of overflow.take()) if (byte !== taken++ % 251) throw new Error(`another byte at ${taken}`);
        };
        for (const step of steps) {
          if (step !== "take") overflow.append(Uint8Array.from({ length: step }, () => put++ % 251));
          else if (!overflow.isEmpty) take();
        }
        while (!overflow.isEmpty) take();
        expect(taken).toBe(put);
      },
    ),
    { numRuns: 20 },
  );
});

it("uses blocks again once they are taken or cleared", () => {
  const pool = createBlockPool();
  const [first, second] = [pool.take()!, pool.take()!];
  pool.give(first);
  pool.give(second);
  const overflow = createOverflow(pool);
  overflow.append(new Uint8Array(2 * mebibyte));
  for (let i = 0; i < 32; i++) overflow.take();
  expect(pool.take()).toBe(first);
  overflow.append(new Uint8Array(1));
  overflow.clear();
  expect([overflow.isEmpty, pool.take()]).toEqual([true, second]);
});

it("has 64 blocks, and makes more that it does not keep", () => {
  const pool = createBlockPool();
  const own = Array.from({ length: 64 }, () => pool.take()!);
  const more = Array.from({ length: 10 }, () => pool.take()!);
  for (const block of [...own, ...more]) pool.give(block);
  const again = Array.from({ length: 74 }, () => pool.take()!);
  expect(again.filter((block) => own.includes(block))).toHaveLength(64);
  expect(again.filter((block) => more.includes(block))).toHaveLength(0);
});

it("has room for 512 MiB at a time, over all that use its pool", () => {
  const pool = createBlockPool();
  const taken = Array.from({ length: 512 }, () => pool.take()!);
  const overflow = createOverflow(pool);
  expect([pool.take(), overflow.append(new Uint8Array(1))]).toEqual([null, false]);
  pool.give(taken[0]!);
  expect([overflow.append(new Uint8Array(1)), overflow.append(new Uint8Array(1_048_576))]).toEqual([true, false]);
});
