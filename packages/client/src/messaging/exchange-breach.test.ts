import { describe, expect, it } from "vitest";
import { SingyeongError } from "../errors.ts";
import { stageExchange } from "./exchange.kit.ts";

const closed = new SingyeongError("client/closed", "closed");

describe("while a connection is broken that may be resumed", () => {
  it("what awaits an answer goes on waiting, and gets it afterwards", () => {
    const stage = stageExchange();
    stage.connect();
    const item = stage.post("a");
    stage.part();
    expect(item.outcomes).toBe(0);
    stage.resume();
    expect(stage.exchange.receipt("a", { count: 1 })).toBe(true);
    expect([item.answer, item.outcomes]).toEqual([{ count: 1 }, 1]);
  });

  it("the usual time for an answer does not pass, and begins anew afterwards", () => {
    const stage = stageExchange();
    stage.connect();
    const item = stage.post("a");
    stage.platform.step(9999);
    stage.part();
    stage.platform.step(29_000);
    stage.resume();
    stage.platform.step(9999);
    expect(item.outcomes).toBe(0);
    stage.platform.step(1);
    expect(item.error).toMatchObject({ code: "client/timeout" });
    expect(stage.platform.timers).toBe(0);
  });

  it("the usual time of what was written long after it stood is no longer than usual", () => {
    const stage = stageExchange();
    stage.connect();
    stage.part();
    stage.resume();
    stage.platform.step(5000);
    const item = stage.post("a");
    stage.platform.step(9999);
    expect(item.outcomes).toBe(0);
    stage.platform.step(1);
    expect(item.error).toMatchObject({ code: "client/timeout" });
  });

  it("time that the caller gave does pass", () => {
    const stage = stageExchange();
    stage.connect();
    const item = stage.post("a", { timeoutMs: 1000 });
    stage.part();
    stage.platform.step(1000);
    expect(item.error).toMatchObject({ code: "client/timeout" });
    stage.resume();
    expect([stage.exchange.receipt("a", {}), item.outcomes, stage.platform.timers]).toEqual([false, 1, 0]);
  });

  it("what is sent waits, and leaves in order afterwards", () => {
    const stage = stageExchange();
    const link = stage.connect();
    stage.post("a");
    stage.part();
    for (const data of ["b", "c"]) stage.post(data);
    stage.resume();
    expect(link.written).toEqual(["a", "b", "c"]);
  });
});

describe("what is sent for the sake of one connection alone", () => {
  it("goes out on that one, now or after a breach", () => {
    const stage = stageExchange();
    const link = stage.connect();
    stage.post("a", { only: link });
    stage.part();
    stage.post("b", { only: link });
    stage.resume();
    expect(link.written).toEqual(["a", "b"]);
  });

  it("fails with it, and goes out on no other", () => {
    const stage = stageExchange();
    const link = stage.connect();
    stage.part();
    const [mine, free] = [stage.post("a", { only: link }), stage.post("b")];
    stage.cut();
    expect(mine.error).toMatchObject({ code: "client/connection-lost" });
    expect(free.outcomes).toBe(0);
    expect(stage.connect().written).toEqual(["b"]);
    expect(mine.outcomes).toBe(1);
  });

  it("fails by the end of the client where that is why it is gone", () => {
    const stage = stageExchange();
    const link = stage.connect();
    stage.part();
    const item = stage.post("a", { only: link });
    stage.cut(closed);
    expect(item.error).toBe(closed);
  });

  it("fails where another one stands already", () => {
    const stage = stageExchange();
    const old = stage.connect();
    const link = stage.connect();
    const item = stage.post("a", { only: old });
    expect(item.error).toMatchObject({ code: "client/connection-lost" });
    expect(link.written).toEqual([]);
  });
});
