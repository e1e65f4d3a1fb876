import { describe, expect, it } from "vitest";
import { settle, stageClient, watch } from "../create-client.kit.ts";
import { stageQueues } from "./queue.kit.ts";

const target = { application: "worker", ops: [] };

describe("a push", () => {
  it("resolves once the server has stored it, with its name for the message", async () => {
    const { client, socket, answer } = stageQueues();
    const pushed = watch(client.queue("jobs").push("worker", { n: 1 }));
    await settle();
    expect(socket.of("QUEUE")[0]!.d).toEqual({ queue: "jobs", target, payload: { n: 1 }, nonce: expect.any(String) });
    expect(pushed.value).toBe("pending");
    await answer();
    expect(pushed.value).toEqual({ id: "s-[object Object]" });
  });

  it("says of itself what it is told to say", async () => {
    const { client, socket } = stageQueues();
    const headers = { trace: "1" };
    const options = { id: "a", delayMs: 1, ttlMs: 2, priority: 3, maxAttempts: 4, headers };
    void client.queue("jobs").push("worker", undefined, options);
    await settle();
    expect(socket.of("QUEUE")[0]!.d).toEqual({
      queue: "jobs",
      target,
      payload: null,
      nonce: expect.any(String),
      headers,
      id: "a",
      delay_ms: 1,
      ttl_ms: 2,
      priority: 3,
      max_attempts: 4,
    });
  });

  it("rejects with the code of its refusal", async () => {
    const { client, refuse } = stageQueues();
    const pushed = client.queue("jobs").push("worker", 1);
    await settle();
    await refuse("QUEUE", "queue/full");
    await expect(pushed).rejects.toMatchObject({ code: "queue/full", retry: "later" });
  });

  it("takes its place among the other messages once queues are in use", async () => {
    const { client, socket, answer } = stageQueues();
    void client.queue("jobs").push("worker", 0);
    await settle();
    await answer();
    void client.send("worker", 1);
    void client.queue("jobs").push("worker", 2);
    void client.send("worker", 3);
    expect(socket.sent.slice(-3).map(({ d }) => d.payload)).toEqual([1, 2, 3]);
  });

  it("waits in the outbox for a connection, and is given up there as any message", async () => {
    const stage = stageQueues();
    stage.cut();
    const jobs = stage.client.queue("jobs");
    const [pushed, late] = [watch(jobs.push("worker", 1)), watch(jobs.push("worker", 2, { timeoutMs: 50 }))];
    await settle();
    stage.platform.step(50);
    await settle();
    expect(late.value).toBe("client/timeout");
    stage.comeBack();
    await stage.answer();
    expect(pushed.value).toEqual({ id: "s-1" });
    expect(stage.socket.of("QUEUE")).toHaveLength(1);
  });

  it("is given up with its signal", async () => {
    const { client, platform } = stageQueues();
    const controller = new AbortController();
    const pushed = watch(client.queue("jobs").push("worker", 1, { signal: controller.signal }));
    await settle();
    const timers = platform.timers;
    controller.abort();
    await settle();
    expect([pushed.value, platform.timers]).toEqual(["client/aborted", timers - 1]);
  });

  it("says so where the server has no queues", async () => {
    const { client, start, admit } = stageClient();
    const waiting = watch(client.queue("jobs").push("worker", 1));
    await settle();
    start();
    admit(["receipt"]);
    await settle();
    expect(waiting.value).toBe("client/unsupported");
    await expect(client.queue("jobs").push("worker", 1, { id: "a" })).rejects.toMatchObject({
      code: "client/unsupported",
      message: "the server has no queue2",
    });
  });

  it("is refused once the client is closed, or drains", async () => {
    const { client } = stageQueues();
    const drained = client.drain();
    await expect(client.queue("jobs").push("worker", 1)).rejects.toMatchObject({ code: "client/closed" });
    await drained;
    await expect(client.queue("jobs").push("worker", 1)).rejects.toMatchObject({ code: "client/closed" });
  });

  it("that is confirmed by nonsense has an empty name", async () => {
    const { client, socket, dispatch } = stageQueues();
    const pushed = client.queue("jobs").push("worker", 1);
    await settle();
    dispatch("QUEUE_CONFIRM", { queue: 1, id: 2, nonce: socket.of("QUEUE")[0]!.d.nonce });
    expect(await pushed).toEqual({ id: "" });
  });
});

describe("a push whose connection is lost before it was confirmed", () => {
  it("fails, for it may have been stored or not", async () => {
    const stage = stageQueues();
    const pushed = watch(stage.client.queue("jobs").push("worker", 1));
    await settle();
    stage.cut();
    await settle();
    expect(pushed.value).toBe("client/connection-lost");
    stage.comeBack();
    expect(stage.socket.of("QUEUE")).toEqual([]);
  });

  it("is repeated on the next ones where it has an id", async () => {
    const stage = stageQueues();
    const pushed = watch(stage.client.queue("jobs").push("worker", 1, { id: "a" }));
    await settle();
    for (let i = 0; i < 3; i++) {
      stage.cut();
      await settle();
      stage.comeBack();
      expect(stage.socket.of("QUEUE").map(({ d }) => d.id)).toEqual(["a"]);
    }
    await stage.answer();
    expect(pushed.value).toEqual({ id: "s-a" });
  });

  it("is not repeated once the server may have forgotten its id", async () => {
    const stage = stageQueues({ outbox: { maxAgeMs: 1e9 } });
    const pushed = watch(stage.client.queue("jobs").push("worker", 1, { id: "a", timeoutMs: 1e9 }));
    await settle();
    stage.platform.step(20_000);
    stage.cut();
    await settle();
    expect(pushed.value).toBe("pending");
    stage.platform.step(87_999);
    await settle();
    expect(pushed.value).toBe("pending");
    stage.platform.step(1);
    await settle();
    expect(pushed.value).toBe("client/timeout");
    stage.admit();
    expect(stage.socket.of("QUEUE")).toEqual([]);
  });

  /** What became of a push with an id whose connection was lost, so long after it, and where the server had said this. */
  async function lostAfter(ms: number, limits: object): Promise<unknown> {
    const stage = stageQueues({ outbox: { maxAgeMs: 1e9 } });
    stage.cut();
    stage.platform.step(10_000);
    stage.admit(undefined, limits);
    const pushed = watch(stage.client.queue("jobs").push("worker", 1, { id: "a", timeoutMs: 1e9 }));
    await settle();
    stage.platform.step(ms);
    stage.cut();
    await settle();
    return pushed.value;
  }

  it("is repeated for nine tenths of the time for which the server says that it remembers ids", async () => {
    expect(await lostAfter(899, { queue_dedup_ms: 1000 })).toBe("pending");
    expect(await lostAfter(900, { queue_dedup_ms: 1000 })).toBe("client/connection-lost");
    expect(await lostAfter(9000, { queue_dedup_ms: 3_600_000 })).toBe("pending");
  });

  it("is never repeated where the server remembers none", async () => {
    expect(await lostAfter(0, { queue_dedup_ms: 0 })).toBe("client/connection-lost");
  });

  it.each([-1, "1000", null, Number.NaN])("is repeated as usually where that is %j", async (nonsense) => {
    expect(await lostAfter(9000, { queue_dedup_ms: nonsense })).toBe("pending");
  });

  it("has no more time for all of it than it was given", async () => {
    const stage = stageQueues({ reconnect: { minDelayMs: 9000 } });
    const pushed = watch(stage.client.queue("jobs").push("worker", 1, { id: "a", timeoutMs: 1000 }));
    await settle();
    stage.platform.step(600);
    stage.cut();
    await settle();
    stage.platform.step(399);
    await settle();
    expect(pushed.value).toBe("pending");
    stage.platform.step(1);
    await settle();
    expect(pushed.value).toBe("client/timeout");
  });
});
