import { describe, expect, it } from "vitest";
import type { Undeclared } from "../contract/contract.ts";
import { SingyeongError } from "../errors.ts";
import { version } from "../metadata/version.ts";
import { createSteppedPlatform } from "../platform/stepped.kit.ts";
import { createMetadataRegister, type WireChanges } from "./metadata-register.ts";
import { createMetadataStore } from "./metadata-store.ts";

function stage() {
  const platform = createSteppedPlatform();
  const updates: WireChanges[] = [];
  const answers: ((error: SingyeongError | null) => void)[] = [];
  const register = createMetadataRegister({ load: { type: "integer", value: 1 } }, (changes, answered) => {
    updates.push(changes);
    answers.push(answered);
    return true;
  });
  const state = { refusal: null as SingyeongError | null };
  const store = createMetadataStore<Undeclared>(platform, register, () => state.refusal);
  const answer = (error: SingyeongError | null = null): void => answers.shift()!(error);
  return { platform, updates, register, state, store, answer };
}

describe("metadata", () => {
  it("is given as plain values once the server has taken it", async () => {
    const { store, answer } = stage();
    const set = store.set({ region: "eu", at: version("2.1.0"), id: 2n ** 60n });
    expect(store.current).toEqual({ load: 1 });
    answer();
    await set;
    expect(store.current).toEqual({ load: 1, region: "eu", at: "2.1.0", id: 2n ** 60n });
  });

  it("travels with its types", () => {
    const { store, updates } = stage();
    void store.set({ region: "eu", share: 0.5, at: version("2.1.0") });
    expect(updates).toEqual([
      {
        region: { type: "string", value: "eu" },
        share: { type: "float", value: 0.5 },
        at: { type: "version", value: "2.1.0" },
      },
    ]);
  });

  it("loses the keys that are removed", async () => {
    const { store, updates, answer } = stage();
    const removed = store.remove("load", "never");
    answer();
    await removed;
    expect(updates).toEqual([{ load: null, never: null }]);
    expect(store.current).toEqual({});
  });

  it("does not show the inbox that requests are answered by", () => {
    const { store, register, answer } = stage();
    register.change({ reply_inbox: { type: "string", value: "5f0c" } }, () => {});
    answer();
    expect(store.current).toEqual({ load: 1 });
  });
});

describe("a change", () => {
  it("fails with the server's refusal, in silence where nobody awaits it", async () => {
    const { store, answer } = stage();
    const refusal = new SingyeongError("metadata/invalid", "no");
    const set = store.set({ load: 2 });
    answer(refusal);
    await expect(set).rejects.toBe(refusal);
    void store.set({ load: 3 });
    answer(refusal);
  });

  it("that cannot travel is refused before anything is sent", async () => {
    const { store, updates } = stage();
    const unsendable: readonly object[] = [{ load: 2 ** 60 }, { load: null }, { load: () => {} }];
    for (const changes of unsendable) {
      await expect(store.set(changes as never)).rejects.toMatchObject({ code: "client/invalid-value" });
    }
    expect(updates).toEqual([]);
  });

  it("is refused once the client takes none any more", async () => {
    const { state, store, updates } = stage();
    state.refusal = new SingyeongError("client/closed", "closed");
    await expect(store.set({ load: 2 })).rejects.toBe(state.refusal);
    await expect(store.remove("load")).rejects.toBe(state.refusal);
    expect(updates).toEqual([]);
  });

  it("is waited for as long as its caller says, and leaves no timer behind", async () => {
    const { store, platform, answer } = stage();
    const late = store.set({ load: 2 }, { timeoutMs: 50 });
    const inTime = store.set({ load: 3 }, { timeoutMs: 60 });
    platform.step(50);
    await expect(late).rejects.toMatchObject({ code: "client/timeout" });
    answer();
    answer();
    await inTime;
    expect(platform.timers).toBe(0);
  });

  it("is waited for no more once its signal is aborted", async () => {
    const { store, platform, answer } = stage();
    const controller = new AbortController();
    const set = store.set({ load: 2 }, { signal: controller.signal, timeoutMs: 1000 });
    controller.abort("enough");
    await expect(set).rejects.toMatchObject({ code: "client/aborted", cause: "enough" });
    expect(platform.timers).toBe(0);
    answer();
  });

  it("is waited for a minute where nobody says how long, set or removed", async () => {
    const { store, platform } = stage();
    const changes = [store.set({ load: 2 }), store.remove("load")];
    platform.step(59_999);
    expect(platform.timers).toBe(2);
    platform.step(1);
    for (const change of changes) await expect(change).rejects.toMatchObject({ code: "client/timeout" });
    expect(platform.timers).toBe(0);
  });

  it("that is given up while it is in line is not made", async () => {
    const { store, platform, updates, answer } = stage();
    const first = store.set({ load: 2 });
    const controller = new AbortController();
    const aborted = store.set({ region: "eu" }, { signal: controller.signal });
    const late = store.set({ region: "us" }, { timeoutMs: 10 });
    const last = store.set({ zone: 1 });
    controller.abort();
    platform.step(10);
    answer();
    answer();
    await Promise.all([first, last]);
    await expect(aborted).rejects.toMatchObject({ code: "client/aborted" });
    await expect(late).rejects.toMatchObject({ code: "client/timeout" });
    expect(updates.map((changes) => Object.keys(changes))).toEqual([["load"], ["zone"]]);
    expect(platform.timers).toBe(0);
  });

  it("is not made where its signal was aborted before", async () => {
    const { store, updates } = stage();
    const set = store.set({ load: 2 }, { signal: AbortSignal.abort() });
    await expect(set).rejects.toMatchObject({ code: "client/aborted" });
    expect(updates).toEqual([]);
  });

  it("may fail without harm to the next one", async () => {
    const { store, answer } = stage();
    const [bad, good] = [store.set({ load: 2 }), store.set({ region: "eu" })];
    answer(new SingyeongError("metadata/invalid", "no"));
    answer();
    await expect(bad).rejects.toMatchObject({ code: "metadata/invalid" });
    await good;
    expect(store.current).toEqual({ load: 1, region: "eu" });
  });
});
