import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pipeline } from "./pipeline.ts";

async function* count(to: number) {
  for (let i = 0; i < to; i++) yield i;
}

describe("a pipeline", () => {
  it("begins all work in order, so much at a time", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.nat(30),
        fc.integer({ min: 1, max: 5 }),
        async (scheduler, items, atATime) => {
          const begun: number[] = [];
          let running = 0;
          let most = 0;
          const done = pipeline(count(items), atATime, async (item) => {
            begun.push(item);
            most = Math.max(most, ++running);
            await scheduler.schedule(Promise.resolve());
            running--;
            return true;
          });
          await scheduler.waitFor(done);
          expect(begun).toEqual(Array.from({ length: items }, (_, i) => i));
          expect(most).toBeLessThanOrEqual(atATime);
          expect(running).toBe(0);
        },
      ),
    );
  });

  it("ends where work says so, also while it waits for the next item", async () => {
    async function* oneAndNoMore() {
      yield 1;
      await new Promise(() => {});
    }
    await pipeline(oneAndNoMore(), 2, async () => false);
  });

  it("waits for what is under way when it ends", async () => {
    const finished: number[] = [];
    await pipeline(count(10), 3, async (item) => {
      if (item === 1) return false;
      for (let turns = 0; turns < 20; turns++) await Promise.resolve();
      finished.push(item);
      return true;
    });
    expect(finished).toContain(0);
    expect(finished.length).toBeLessThan(4);
  });

  it("throws what the items throw", async () => {
    async function* broken() {
      yield 1;
      throw new Error("gone");
    }
    await expect(pipeline(broken(), 2, async () => true)).rejects.toThrow("gone");
  });
});
