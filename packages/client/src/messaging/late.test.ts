import { describe, expect, it } from "vitest";
import { settle, watch } from "../create-client.kit.ts";
import type { Consumer } from "./inbox.ts";
import { createLate } from "./late.ts";

/** A part that is loaded when the test says so; what it does is to name itself. */
function stage() {
  const loads: PromiseWithResolvers<string>[] = [];
  const consumers = new Set<Consumer>();
  const late = createLate(
    () => {
      loads.push(Promise.withResolvers());
      return loads.at(-1)!.promise;
    },
    {
      attend(consumer) {
        consumers.add(consumer);
        return () => {};
      },
    },
    () => null,
  );
  const use = async (): Promise<string> => late((part) => part);
  return { late, use, loads, consumers };
}

describe("a part that is loaded with its first use", () => {
  it("is loaded once, and what came meanwhile runs in its order", async () => {
    const { late, loads } = stage();
    const seen: string[] = [];
    void late((part) => void seen.push(`${part}1`));
    void late((part) => void seen.push(`${part}2`));
    loads[0]!.resolve("part");
    await settle();
    void late((part) => void seen.push(`${part}3`));
    expect([seen, loads.length]).toEqual([["part1", "part2", "part3"], 1]);
  });

  it("lets nobody who asks in the moment it is there overtake those who have waited", async () => {
    const { late, loads } = stage();
    const seen: number[] = [];
    const ask = (n: number) => void late(() => void seen.push(n));
    for (let n = 0; n < 3; n++) ask(n);
    loads[0]!.resolve("part");
    for (let n = 3; n < 20; n++) {
      await Promise.resolve();
      ask(n);
    }
    await settle();
    expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  it("that failed to load is loaded anew for whoever comes next", async () => {
    const { use, loads } = stage();
    const failed = [watch(use()), watch(use())];
    loads[0]!.reject({ code: "no network" });
    await settle();
    expect([failed.map(({ value }) => value), loads.length]).toEqual([["no network", "no network"], 1]);
    const used = watch(use());
    loads[1]!.resolve("part");
    await settle();
    expect([used.value, loads.length]).toEqual(["part", 2]);
  });

  it("is waited for by a drain while it is being loaded, however often that takes", async () => {
    const { use, loads, consumers } = stage();
    const busy = (): boolean[] => [...consumers].map((consumer) => consumer.busy);
    void watch(use());
    expect(busy()).toEqual([true]);
    loads[0]!.reject(new Error("no network"));
    await settle();
    expect(busy()).toEqual([false]);
    void use();
    expect(busy()).toEqual([true]);
    let idle = false;
    for (const { whenIdle } of consumers) {
      whenIdle(() => {
        idle = true;
      });
    }
    await settle();
    expect(idle).toBe(false);
    loads[1]!.resolve("part");
    await settle();
    expect([idle, busy()]).toEqual([true, [false]]);
  });
});
