import { describe, expect, it, vi } from "vitest";
import { createSteppedPlatform } from "../platform/stepped.kit.ts";
import { type Bounds, bounded } from "./bounded.ts";

function stage(bounds: Partial<Bounds> = {}) {
  const platform = createSteppedPlatform();
  const begin = vi.fn<Parameters<typeof bounded<string>>[2]>();
  const withdraw = vi.fn();
  const promise = bounded<string>(platform, { timeoutMs: 1000, ...bounds }, begin, withdraw);
  const [resolve, reject] = begin.mock.calls[0] ?? [() => {}, () => {}];
  return { platform, begin, withdraw, promise, resolve, reject };
}

describe("what has bounds", () => {
  it("is begun at once, and is what it comes to", async () => {
    const { platform, withdraw, promise, resolve } = stage();
    resolve("done");
    expect(await promise).toBe("done");
    expect(platform.timers).toBe(0);
    expect(withdraw).not.toHaveBeenCalled();
  });

  it("may come to something before its beginning returns", async () => {
    const platform = createSteppedPlatform();
    const { signal } = new AbortController();
    expect(await bounded(platform, { timeoutMs: 1000, signal }, (resolve) => resolve("done"), vi.fn())).toBe("done");
    expect(platform.timers).toBe(0);
  });

  it("fails as it fails, and is not withdrawn", async () => {
    const { platform, withdraw, promise, reject } = stage();
    const error = new Error("odd");
    reject(error);
    await expect(promise).rejects.toBe(error);
    expect(platform.timers).toBe(0);
    expect(withdraw).not.toHaveBeenCalled();
  });

  it("is withdrawn when its time is up, and no sooner", async () => {
    const { platform, withdraw, promise } = stage();
    platform.step(999);
    expect(withdraw).not.toHaveBeenCalled();
    platform.step(1);
    await expect(promise).rejects.toMatchObject({ code: "client/timeout", retry: "later" });
    expect([withdraw.mock.calls.length, platform.timers]).toEqual([1, 0]);
  });

  it("is withdrawn when its signal is aborted, once", async () => {
    const controller = new AbortController();
    const { platform, withdraw, promise } = stage({ signal: controller.signal });
    controller.abort("enough");
    platform.step(1000);
    await expect(promise).rejects.toMatchObject({ code: "client/aborted", cause: "enough" });
    expect([withdraw.mock.calls.length, platform.timers]).toEqual([1, 0]);
  });

  it("is not begun where its signal was aborted before", async () => {
    const { platform, begin, withdraw, promise } = stage({ signal: AbortSignal.abort() });
    await expect(promise).rejects.toMatchObject({ code: "client/aborted" });
    expect(begin).not.toHaveBeenCalled();
    expect(withdraw).not.toHaveBeenCalled();
    expect(platform.timers).toBe(0);
  });

  it("means nothing to its signal once it is over, nor to what it comes to once it was given up", async () => {
    const controller = new AbortController();
    const over = stage({ signal: controller.signal });
    over.resolve("done");
    controller.abort();
    expect(await over.promise).toBe("done");
    expect(over.withdraw).not.toHaveBeenCalled();
    const given = stage();
    given.platform.step(1000);
    given.resolve("late");
    given.reject(new Error("later"));
    await expect(given.promise).rejects.toMatchObject({ code: "client/timeout" });
  });

  it("listens to its signal no longer than it lasts", () => {
    const controller = new AbortController();
    const { signal } = controller;
    const [added, removed] = [vi.spyOn(signal, "addEventListener"), vi.spyOn(signal, "removeEventListener")];
    const scenes = [stage({ signal }), stage({ signal }), stage({ signal })];
    scenes[0]!.resolve("done");
    scenes[1]!.reject(new Error("odd"));
    scenes[2]!.platform.step(1000);
    expect(added).toHaveBeenCalledTimes(3);
    expect(removed).toHaveBeenCalledTimes(3);
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      added.mock.calls.map(([, listener]) => listener),
    );
  });
});
