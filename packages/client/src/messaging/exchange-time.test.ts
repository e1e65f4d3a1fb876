import { describe, expect, it } from "vitest";
import { stageExchange } from "./exchange.kit.ts";

describe("time", () => {
  it("for an answer is ten seconds from when the message is written, however long that waited", () => {
    const stage = stageExchange();
    const item = stage.post("a");
    stage.platform.step(59_999);
    stage.connect();
    stage.platform.step(9999);
    expect(item.outcomes).toBe(0);
    stage.platform.step(1);
    expect(item.error).toMatchObject({ code: "client/timeout" });
    expect(stage.exchange.receipt("a", {})).toBe(false);
    expect(stage.platform.timers).toBe(0);
  });

  it("that the caller gives is for all of it: what waited for a connection is missing from what is left for the answer", () => {
    const stage = stageExchange();
    const item = stage.post("a", { timeoutMs: 1000 });
    stage.platform.step(600);
    expect(stage.connect().written).toEqual(["a"]);
    stage.platform.step(399);
    expect(item.outcomes).toBe(0);
    stage.platform.step(1);
    expect(item.error).toMatchObject({ code: "client/timeout" });
    expect(stage.platform.timers).toBe(0);
  });

  it("that the caller gives may be up before a connection stands: then it is never sent", () => {
    const stage = stageExchange();
    const item = stage.post("a", { timeoutMs: 1000 });
    stage.platform.step(1000);
    expect(item.error).toMatchObject({ code: "client/timeout" });
    expect(stage.connect().written).toEqual([]);
    expect([item.outcomes, stage.platform.timers]).toEqual([1, 0]);
  });

  it("that the caller gives may be longer than the usual one", () => {
    const stage = stageExchange();
    stage.connect();
    const item = stage.post("a", { timeoutMs: 30_000 });
    stage.platform.step(29_999);
    expect(item.outcomes).toBe(0);
    stage.platform.step(1);
    expect(item.error).toMatchObject({ code: "client/timeout" });
  });

  it("that the caller gives starts once: it goes on for what is sent a second time", () => {
    const stage = stageExchange();
    stage.connect();
    const item = stage.post("a", { awaits: "answer", repeatable: true, timeoutMs: 1000 });
    stage.platform.step(500);
    stage.cut();
    stage.platform.step(400);
    expect(stage.connect().written).toEqual(["a"]);
    stage.platform.step(99);
    expect(item.outcomes).toBe(0);
    stage.platform.step(1);
    expect(item.error).toMatchObject({ code: "client/timeout" });
  });

  it("is kept for each by itself", () => {
    const stage = stageExchange();
    stage.connect();
    const slow = stage.post("slow", { timeoutMs: 5000 });
    const fast = stage.post("fast", { timeoutMs: 10 });
    stage.platform.step(10);
    expect([fast.error?.code, slow.outcomes]).toEqual(["client/timeout", 0]);
    stage.platform.step(4990);
    expect(slow.error?.code).toBe("client/timeout");
  });

  it("that the caller gives is for all of it, also where it is longer than messages may wait", () => {
    const stage = stageExchange({ maxAgeMs: 1000 });
    const item = stage.post("a", { timeoutMs: 5000 });
    stage.platform.step(600);
    stage.connect();
    stage.platform.step(4399);
    expect(item.outcomes).toBe(0);
    stage.platform.step(1);
    expect(item.error).toMatchObject({ code: "client/timeout" });
  });
});
