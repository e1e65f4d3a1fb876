import { describe, expect, it } from "vitest";
import { SingyeongError } from "../errors.ts";
import { stageMessenger as stage } from "./messenger.kit.ts";

const target = { application: "api", ops: [] };

describe("a message", () => {
  it("asks for a receipt, and says how many got it", async () => {
    const { messenger, frames, exchange } = stage();
    const sent = messenger.send("SEND", target, { a: 1 });
    const [frame] = frames();
    expect(frame).toEqual({
      op: 4,
      t: "SEND",
      d: { target, nonce: expect.any(String), payload: { a: 1 }, receipt: true },
    });
    exchange.receipt(frame!.d.nonce as string, { count: 2 });
    expect(await sent).toEqual({ count: 2 });
  });

  it("has a nonce of its own each time", () => {
    const { messenger, frames } = stage();
    for (let i = 0; i < 100; i++) void messenger.send("BROADCAST", target, i);
    expect(new Set(frames().map(({ d }) => d.nonce)).size).toBe(100);
  });

  it("has the nonce and the headers that its sender chose", () => {
    const { messenger, frames } = stage();
    void messenger.send("SEND", target, 1, { nonce: "mine", headers: { trace: "1" } });
    expect(frames()[0]!.d).toMatchObject({ nonce: "mine", headers: { trace: "1" } });
  });

  it("that asks for no receipt is done once it is written", async () => {
    const { messenger, frames, platform } = stage();
    expect(await messenger.send("SEND", target, 1, { receipt: false })).toEqual({ count: null });
    expect(frames()[0]!.d).toEqual({ target, nonce: null, payload: 1 });
    expect(platform.timers).toBe(0);
  });

  it("is done once it is written where the server gives no receipts", async () => {
    const { messenger } = stage([]);
    expect(await messenger.send("SEND", target, 1)).toEqual({ count: null });
  });

  it("fails by the server's refusal, by time and by a lost connection", async () => {
    const scene = stage();
    const refused = scene.messenger.send("SEND", target, 1, { nonce: "a" });
    scene.exchange.refuse("a", new SingyeongError("route/no-match", "nobody"));
    const late = scene.messenger.send("SEND", target, 1, { timeoutMs: 50 });
    scene.platform.step(50);
    const lost = scene.messenger.send("SEND", target, 1);
    scene.cut();
    await expect(refused).rejects.toMatchObject({ code: "route/no-match" });
    await expect(late).rejects.toMatchObject({ code: "client/timeout" });
    await expect(lost).rejects.toMatchObject({ code: "client/connection-lost" });
  });

  it("waits ten seconds for its receipt unless told otherwise", async () => {
    const { messenger, platform } = stage();
    const sent = messenger.send("SEND", target, 1);
    platform.step(9999);
    expect(platform.timers).toBe(1);
    platform.step(1);
    await expect(sent).rejects.toMatchObject({ code: "client/timeout" });
  });

  it("that cannot be sent is refused, and nothing is written", async () => {
    const { messenger, frames, platform } = stage();
    const { signal } = new AbortController();
    await expect(messenger.send("SEND", target, () => {}, { signal })).rejects.toMatchObject({
      code: "client/invalid-value",
    });
    expect(frames()).toEqual([]);
    expect(platform.timers).toBe(0);
  });

  it("that nobody awaits fails in silence", () => {
    const scene = stage();
    void scene.messenger.send("SEND", target, () => {});
    void scene.messenger.send("SEND", target, 1, { signal: AbortSignal.abort() });
    void scene.messenger.send("SEND", target, 1);
    scene.cut();
  });
});

describe("a signal", () => {
  it("that was aborted before has nothing sent", async () => {
    const { messenger, frames } = stage();
    const sent = messenger.send("SEND", target, 1, { signal: AbortSignal.abort("enough") });
    await expect(sent).rejects.toMatchObject({ code: "client/aborted", cause: "enough" });
    expect(frames()).toEqual([]);
  });

  it("takes back what still waits for a connection", async () => {
    const scene = stage();
    scene.link = null;
    const controller = new AbortController();
    const sent = scene.messenger.send("SEND", target, 1, { signal: controller.signal });
    controller.abort();
    await expect(sent).rejects.toMatchObject({ code: "client/aborted" });
    expect(scene.connect().written).toEqual([]);
    expect(scene.platform.timers).toBe(0);
  });

  it("that is a time limit is one", async () => {
    const { messenger, platform } = stage();
    const controller = new AbortController();
    const late = new DOMException("late", "TimeoutError");
    const sent = messenger.send("SEND", target, 1, { signal: controller.signal });
    controller.abort(late);
    const again = messenger.send("SEND", target, 2, { signal: controller.signal });
    for (const refused of [sent, again]) {
      await expect(refused).rejects.toMatchObject({ code: "client/timeout", cause: late });
    }
    expect(platform.timers).toBe(0);
  });

  it("means nothing once the answer is there", async () => {
    const { messenger, exchange } = stage();
    const controller = new AbortController();
    const sent = messenger.send("SEND", target, 1, { nonce: "a", signal: controller.signal });
    exchange.receipt("a", { count: 1 });
    const again = messenger.send("SEND", target, 2, { nonce: "a" });
    controller.abort();
    expect(await sent).toEqual({ count: 1 });
    exchange.receipt("a", { count: 2 });
    expect(await again).toEqual({ count: 2 });
  });
});

describe("what is asked for after the end", () => {
  it("fails with it at once, and leaves no timer", async () => {
    const { messenger, exchange, platform } = stage();
    exchange.close(new SingyeongError("client/closed", "closed"));
    const code = "client/closed";
    await expect(messenger.send("SEND", target, 1)).rejects.toMatchObject({ code });
    expect(platform.timers).toBe(0);
  });
});
