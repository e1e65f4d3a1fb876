import { describe, expect, it, vi } from "vitest";
import { createHandling } from "./handling.ts";

/** A handler whose work ends when the test says so. */
function stage(capacity = 10) {
  const begun: number[] = [];
  let begin = (): void => {};
  const ends: PromiseWithResolvers<void>[] = [];
  const failures: unknown[] = [];
  const handling = createHandling<number>(
    (value) => {
      begun.push(value);
      const end = Promise.withResolvers<void>();
      ends.push(end);
      begin();
      return end.promise;
    },
    capacity,
    (cause) => failures.push(cause),
  );
  const idle = () => new Promise<void>((resolve) => handling.whenIdle(resolve));
  /** Ends the work at hand, and waits until the next has begun. */
  const next = (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    begin = resolve;
    ends.at(-1)!.resolve();
    return promise;
  };
  return { handling, begun, ends, failures, idle, next };
}

describe("a handler", () => {
  it("gets a value the moment it comes, where it is free", () => {
    const values: number[] = [];
    const handling = createHandling<number>(
      (value) => void values.push(value),
      10,
      () => {},
    );
    handling.take(1);
    handling.take(2);
    expect(values).toEqual([1, 2]);
    expect(handling.busy).toBe(false);
  });

  it("gets the next value once its promise for the last is settled", async () => {
    const { handling, begun, ends, idle, next } = stage();
    for (const value of [1, 2, 3]) expect(handling.take(value)).toBe(true);
    expect(begun).toEqual([1]);
    await next();
    expect(begun).toEqual([1, 2]);
    await next();
    expect(begun).toEqual([1, 2, 3]);
    ends[2]!.resolve();
    await idle();
    expect(handling.busy).toBe(false);
  });

  it("has the oldest that waits dropped for the newest, and never the one it is at work on", async () => {
    const { handling, begun, ends, idle, next } = stage(2);
    expect([1, 2, 3, 4, 5].map((value) => handling.take(value))).toEqual([true, true, true, false, false]);
    await next();
    await next();
    ends[2]!.resolve();
    await idle();
    expect(begun).toEqual([1, 4, 5]);
  });

  it("goes on after it threw, and after its promise was rejected", async () => {
    const failures: unknown[] = [];
    const values: number[] = [];
    const handling = createHandling<number>(
      (value) => {
        values.push(value);
        if (value === 1) throw "thrown";
        return value === 2 ? Promise.reject("rejected") : undefined;
      },
      10,
      (cause) => failures.push(cause),
    );
    for (const value of [1, 2, 3]) handling.take(value);
    await new Promise<void>((resolve) => handling.whenIdle(resolve));
    expect(values).toEqual([1, 2, 3]);
    expect(failures).toEqual(["thrown", "rejected"]);
  });

  it("goes on when one of those that waited throws", async () => {
    const failures: unknown[] = [];
    const values: number[] = [];
    const handling = createHandling<number>(
      (value) => {
        values.push(value);
        if (value === 2) throw "thrown";
        return Promise.resolve();
      },
      10,
      (cause) => failures.push(cause),
    );
    for (const value of [1, 2, 3]) handling.take(value);
    await new Promise<void>((resolve) => handling.whenIdle(resolve));
    expect([values, failures]).toEqual([[1, 2, 3], ["thrown"]]);
  });

  it("waits for whatever has a `then`", async () => {
    const ends: (() => void)[] = [];
    const values: number[] = [];
    const handling = createHandling<number>(
      (value) => {
        values.push(value);
        // biome-ignore lint/suspicious/noThenProperty: a promise that is not the runtime's own.
        return { then: (resolve: () => void) => void ends.push(resolve) };
      },
      10,
      () => {},
    );
    handling.take(1);
    handling.take(2);
    expect(values).toEqual([1]);
    const idle = new Promise<void>((resolve) => handling.whenIdle(resolve));
    while (handling.busy) {
      await Promise.resolve();
      for (const end of ends.splice(0)) end();
    }
    await idle;
    expect(values).toEqual([1, 2]);
  });

  it("is idle at once where it has nothing to do, and else when all that waited is done, for all who ask", async () => {
    const { handling, ends, next } = stage();
    const asked = [vi.fn(), vi.fn(), vi.fn()];
    handling.whenIdle(asked[0]!);
    expect(asked[0]).toHaveBeenCalledTimes(1);
    handling.take(1);
    handling.take(2);
    handling.whenIdle(asked[1]!);
    handling.whenIdle(asked[2]!);
    await next();
    expect(asked[1]).not.toHaveBeenCalled();
    ends[1]!.resolve();
    await new Promise<void>((resolve) => handling.whenIdle(resolve));
    for (const run of asked) expect(run).toHaveBeenCalledTimes(1);
  });
});
