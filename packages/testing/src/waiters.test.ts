import { describe, expect, it } from "vitest";
import { createWaiters } from "./waiters.ts";

const isEven = (n: number): boolean => n % 2 === 0;
const all = (): boolean => true;

describe("waiters", () => {
  it("give one thing to the one that has waited for it longest", async () => {
    const waiters = createWaiters<number>();
    const even = waiters.wait(isEven, undefined);
    const first = waiters.wait(all, undefined);
    const second = waiters.wait(all, undefined);
    expect([1, 2, 3, 4].map(waiters.giveToOne)).toEqual([true, true, true, false]);
    expect(await Promise.all([first, even, second])).toEqual([1, 2, 3]);
  });

  it("give one thing to all that wait for it", async () => {
    const waiters = createWaiters<number>();
    const both = [waiters.wait(all, undefined), waiters.wait(isEven, undefined)];
    waiters.giveToAll(2);
    expect(await Promise.all(both)).toEqual([2, 2]);
  });

  it("give up when their signal says so, and take nothing any more", async () => {
    const waiters = createWaiters<number>();
    const controller = new AbortController();
    const given = waiters.wait(all, controller.signal);
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(given).rejects.toBe(reason);
    expect(waiters.giveToOne(1)).toBe(false);
    await expect(waiters.wait(all, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it("get what their own question throws, and the others go on", async () => {
    const waiters = createWaiters<number>();
    const careless = waiters.wait(() => {
      throw new RangeError("careless");
    }, undefined);
    const other = waiters.wait(all, undefined);
    expect(waiters.giveToOne(1)).toBe(true);
    await expect(careless).rejects.toThrow("careless");
    expect(await other).toBe(1);
  });

  it("are refused once closed, the later ones too", async () => {
    const waiters = createWaiters<number>();
    const early = waiters.wait(all, undefined);
    const over = new Error("over");
    waiters.close(over);
    await expect(early).rejects.toBe(over);
    await expect(waiters.wait(all, undefined)).rejects.toBe(over);
  });
});
