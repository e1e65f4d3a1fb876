import { describe, expect, it, vi } from "vitest";
import { SingyeongError } from "../errors.ts";
import { createItem, cutOff, type RecordedItem, stageExchange } from "./exchange.kit.ts";

const highWaterBytes = 1024 * 1024;
const refusal = new SingyeongError("route/no-match", "nobody");
const closed = new SingyeongError("client/closed", "closed");

describe("what is sent while a connection stands", () => {
  it("leaves at once, in order", () => {
    const stage = stageExchange();
    const link = stage.connect();
    for (const data of ["a", "b", "c"]) stage.post(data);
    expect(link.written).toEqual(["a", "b", "c"]);
  });

  it("is settled by the receipt with its nonce, whichever comes first", () => {
    const stage = stageExchange();
    stage.connect();
    const [a, b] = [stage.post("a"), stage.post("b")];
    expect(stage.exchange.receipt("b", { count: 2 })).toBe(true);
    expect(a.outcomes).toBe(0);
    expect(stage.exchange.receipt("a", { count: 1 })).toBe(true);
    expect([a.answer, b.answer]).toEqual([{ count: 1 }, { count: 2 }]);
  });

  it("is settled once: a second receipt is nobody's, and so is one that was never waited for", () => {
    const stage = stageExchange();
    stage.connect();
    const item = stage.post("a");
    stage.exchange.receipt("a", {});
    expect(stage.exchange.receipt("a", {})).toBe(false);
    expect(stage.exchange.receipt("z", {})).toBe(false);
    expect(item.outcomes).toBe(1);
  });

  it("is settled by having been written where nothing is awaited, or the server gives no receipts", () => {
    const stage = stageExchange();
    stage.connect();
    expect(stage.post("a", { awaits: "write", nonce: null }).answer).toBeNull();
    stage.cut();
    stage.connect([]);
    expect(stage.post("b").answer).toBeNull();
    expect(stage.platform.timers).toBe(0);
  });

  it("still awaits answers from a server that gives no receipts", () => {
    const stage = stageExchange();
    stage.connect([]);
    const item = stage.post("a", { awaits: "answer" });
    expect(item.outcomes).toBe(0);
    expect(stage.exchange.answer("a", { payload: 1 })).toBe(true);
    expect(item.answer).toEqual({ payload: 1 });
  });

  it("may await a receipt and an answer under one nonce, which are told apart", () => {
    const stage = stageExchange();
    stage.connect();
    const asked = stage.post("request", { awaits: "answer", nonce: "n" });
    const replied = stage.post("reply", { nonce: "n" });
    stage.exchange.answer("n", { payload: 1 });
    expect([asked.answer, replied.outcomes]).toEqual([{ payload: 1 }, 0]);
    stage.exchange.receipt("n", { count: 1 });
    expect(replied.answer).toEqual({ count: 1 });
  });

  it("fails with the server's refusal", () => {
    const stage = stageExchange();
    stage.connect();
    const [sent, asked] = [stage.post("a"), stage.post("b", { awaits: "answer" })];
    expect(stage.exchange.refuse("a", refusal)).toBe(true);
    expect(stage.exchange.refuse("b", refusal)).toBe(true);
    expect(stage.exchange.refuse("a", refusal)).toBe(false);
    expect([sent.error, asked.error]).toEqual([refusal, refusal]);
  });

  it("is refused where its nonce is still under way, which leaves the first as it was", () => {
    const stage = stageExchange();
    const link = stage.connect();
    const [first, second] = [stage.post("a"), stage.post("a")];
    expect(second.error).toMatchObject({ code: "client/invalid-value" });
    expect(link.written).toEqual(["a"]);
    stage.exchange.receipt("a", { count: 1 });
    expect(first.answer).toEqual({ count: 1 });
    expect(stage.post("a").outcomes).toBe(0);
  });

  it("tells whether an answer is awaited, which a receipt is not", () => {
    const stage = stageExchange();
    stage.connect();
    stage.post("a", { awaits: "answer" });
    stage.post("b");
    expect(["a", "b", "c"].map(stage.exchange.awaits)).toEqual([true, false, false]);
    stage.exchange.answer("a", {});
    expect(stage.exchange.awaits("a")).toBe(false);
  });
});

describe("what is taken back", () => {
  it("before it was written is never sent, and waits no more", () => {
    const stage = stageExchange({ maxMessages: 1 });
    const item = stage.post("a");
    stage.exchange.withdraw(item, closed);
    expect(item.error).toBe(closed);
    const next = stage.post("b");
    expect(stage.connect().written).toEqual(["b"]);
    expect(next.outcomes).toBe(0);
  });

  it("after it was written awaits nothing more, and its nonce is free", () => {
    const stage = stageExchange();
    stage.connect();
    const item = stage.post("a");
    stage.exchange.withdraw(item, closed);
    expect(stage.exchange.receipt("a", {})).toBe(false);
    expect([item.error, item.outcomes]).toEqual([closed, 1]);
    expect(stage.platform.timers).toBe(0);
    expect(stage.post("a").outcomes).toBe(0);
  });
});

describe("a connection that is lost", () => {
  it("fails what it owed an answer, for nobody knows whether that arrived", () => {
    const stage = stageExchange();
    stage.connect();
    const items = [stage.post("a"), stage.post("b", { awaits: "answer" })];
    stage.cut();
    for (const item of items) expect(item.error).toMatchObject({ code: "client/connection-lost", retry: "later" });
    expect(stage.platform.timers).toBe(0);
  });

  it("has what does no harm sent again on the next one", () => {
    const stage = stageExchange();
    stage.connect();
    const query = stage.post("a", { awaits: "answer", repeatable: true });
    stage.cut();
    expect(query.outcomes).toBe(0);
    expect(stage.connect().written).toEqual(["a"]);
    stage.exchange.answer("a", { nodes: [] });
    expect([query.answer, query.outcomes]).toEqual([{ nodes: [] }, 1]);
  });

  it("has it sent again once, not for ever", () => {
    const stage = stageExchange({ maxAgeMs: 1000 });
    const link = stage.connect();
    const query = stage.post("a", { awaits: "answer", repeatable: true });
    stage.cut();
    const second = stage.connect();
    stage.cut();
    expect(query).toMatchObject({ outcomes: 1, error: { code: "client/connection-lost" } });
    expect([link, second, stage.connect()].map(({ written }) => written)).toEqual([["a"], ["a"], []]);
    expect(stage.platform.timers).toBe(0);
  });

  it("has it sent again at once where it was retired before and another one stands", () => {
    const stage = stageExchange();
    const old = stage.connect();
    const query = stage.post("a", { awaits: "answer", repeatable: true });
    const link = stage.connect();
    stage.exchange.lost(old, cutOff);
    expect(link.written).toEqual(["a"]);
    stage.exchange.answer("a", { nodes: [] });
    expect(query.answer).toEqual({ nodes: [] });
    expect(stage.platform.timers).toBe(0);
  });

  it("because the client is closed fails what it owed an answer with just that", () => {
    const stage = stageExchange();
    stage.connect();
    const items = [stage.post("a"), stage.post("b", { awaits: "answer" })];
    stage.cut(closed);
    for (const item of items) expect(item.error).toBe(closed);
  });

  it("takes nothing from one that was retired before, whose late answers still count", () => {
    const stage = stageExchange();
    const old = stage.connect();
    const [kept, lost] = [stage.post("a"), stage.post("b")];
    stage.connect();
    const fresh = stage.post("c");
    stage.exchange.receipt("a", { count: 1 });
    stage.exchange.lost(old, cutOff);
    expect(kept.answer).toEqual({ count: 1 });
    expect(lost.error?.code).toBe("client/connection-lost");
    expect(fresh.outcomes).toBe(0);
  });
});

describe("a socket that takes no more", () => {
  it("has messages wait, is looked at now and then, and gets them in order", () => {
    const stage = stageExchange();
    const link = stage.connect();
    link.bufferedBytes = highWaterBytes;
    stage.post("a");
    stage.post("b");
    stage.platform.step(1000);
    expect(link.written).toEqual([]);
    link.bufferedBytes = highWaterBytes - 1;
    stage.post("c");
    expect(link.written).toEqual([]);
    stage.platform.step(5);
    expect(link.written).toEqual(["a", "b", "c"]);
    for (const nonce of ["a", "b", "c"]) stage.exchange.receipt(nonce, {});
    expect(stage.platform.timers).toBe(0);
  });

  it("is filled to its mark and no further", () => {
    const stage = stageExchange();
    const link = stage.connect();
    link.write = (data) => {
      link.written.push(data);
      link.bufferedBytes += highWaterBytes / 2;
    };
    for (const data of ["a", "b", "c", "d", "e"]) stage.post(data);
    expect(link.written).toEqual(["a", "b"]);
    link.bufferedBytes = 0;
    stage.platform.step(5);
    expect(link.written).toEqual(["a", "b", "c", "d"]);
  });

  it("holds no more back than the outbox keeps", () => {
    const stage = stageExchange({ maxMessages: 1 });
    stage.connect().bufferedBytes = highWaterBytes;
    stage.post("a");
    expect(stage.post("b").error).toMatchObject({ code: "client/outbox-full" });
  });

  it("is passed by what goes ahead of everything that waits", () => {
    const stage = stageExchange();
    const link = stage.connect();
    link.bufferedBytes = highWaterBytes;
    stage.post("a");
    const pushed = createItem("update");
    stage.exchange.push(pushed);
    expect(link.written).toEqual(["update"]);
    stage.exchange.receipt("update", {});
    expect(pushed.answer).toEqual({});
  });
});

describe("the end", () => {
  it("fails whatever waits or is under way, and leaves no timer", () => {
    const stage = stageExchange();
    const link = stage.connect();
    const items = [stage.post("a"), stage.post("b", { awaits: "answer", repeatable: true })];
    link.bufferedBytes = highWaterBytes;
    items.push(stage.post("c"));
    stage.link = null;
    stage.exchange.close(closed);
    for (const item of items) expect([item.error, item.outcomes]).toEqual([closed, 1]);
    expect(stage.platform.timers).toBe(0);
  });

  it("fails whatever is posted from then on as well", () => {
    const stage = stageExchange();
    stage.exchange.close(closed);
    const items = [stage.post("a"), stage.post("b", { awaits: "answer", repeatable: true })];
    for (const item of items) expect([item.error, item.outcomes]).toEqual([closed, 1]);
    expect(stage.platform.timers).toBe(0);
    expect(stage.connect().written).toEqual([]);
  });

  it("is idle at once where nothing waits and nothing is under way", () => {
    const idle = vi.fn();
    stageExchange().exchange.whenIdle(idle);
    expect(idle).toHaveBeenCalledTimes(1);
  });

  it("is idle once the last of what waited is written and answered, and says so once", () => {
    const stage = stageExchange();
    const idle = vi.fn();
    stage.post("a");
    stage.post("b", { awaits: "write", nonce: null });
    stage.exchange.whenIdle(idle);
    stage.connect();
    expect(idle).not.toHaveBeenCalled();
    stage.exchange.receipt("a", {});
    expect(idle).toHaveBeenCalledTimes(1);
    stage.post("c");
    stage.exchange.receipt("c", {});
    expect(idle).toHaveBeenCalledTimes(1);
  });

  it.each<[string, (stage: ReturnType<typeof stageExchange>, item: RecordedItem) => void]>([
    ["time runs out", ({ platform }) => platform.step(10_000)],
    ["the server refuses", ({ exchange }) => void exchange.refuse("a", refusal)],
    ["the connection is lost", (stage) => stage.cut()],
    ["it is taken back", ({ exchange }, item) => exchange.withdraw(item, closed)],
    ["everything is closed", ({ exchange }) => exchange.close(closed)],
  ])("is idle too where %s", (_, befall) => {
    const stage = stageExchange();
    stage.connect();
    const item = stage.post("a");
    const idle = vi.fn();
    stage.exchange.whenIdle(idle);
    befall(stage, item);
    expect(item.outcomes).toBe(1);
    expect(idle).toHaveBeenCalledTimes(1);
  });
});
