import { describe, expect, it } from "vitest";
import { connectClient, settle, watch } from "./create-client.kit.ts";
import type { Status } from "./status/status.ts";

const nonce = "gateway 5f0c 1";

describe("drain", () => {
  it("refuses new sends, waits for receipts under way, and closes", async () => {
    const { client, socket, dispatch, platform } = connectClient();
    const sent = watch(client.send("api", 1));
    const drained = watch(client.drain());
    await expect(client.send("api", 2)).rejects.toMatchObject({ code: "client/closed" });
    await settle();
    expect([sent.value, drained.value, client.connected]).toEqual(["pending", "pending", true]);
    dispatch("DISPATCHED", { nonce: socket.of("SEND")[0]!.d.nonce, count: 1 });
    await settle();
    expect([sent.value, drained.value, client.connected]).toEqual([{ count: 1 }, undefined, false]);
    expect(await client.closed()).toBeNull();
    expect(platform.timers).toBe(0);
  });

  it("sends what a handler replies to a message that came before", async () => {
    const { client, socket, dispatch, platform } = connectClient();
    const gate = Promise.withResolvers<void>();
    let replied = watch(gate.promise);
    client.messages(async (message) => {
      await gate.promise;
      const reply = message.reply("answer");
      replied = watch(reply);
      await reply;
    });
    dispatch("SEND", { nonce, payload: 1 });
    const drained = watch(client.drain());
    await settle();
    expect(socket.of("SEND")).toEqual([]);
    gate.resolve();
    await settle();
    expect(socket.of("SEND")[0]!.d).toMatchObject({ nonce, payload: "answer" });
    expect(drained.value).toBe("pending");
    dispatch("DISPATCHED", { nonce, count: 1 });
    await settle();
    expect([replied.value, drained.value]).toEqual([{ count: 1 }, undefined]);
    expect(platform.timers).toBe(0);
  });

  it("waits for a loop over messages to finish the one at hand, and sends what it replies", async () => {
    const { client, socket, dispatch, platform } = connectClient();
    const gate = Promise.withResolvers<void>();
    const read: unknown[] = [];
    const loop = (async () => {
      for await (const message of client.messages()) {
        await gate.promise;
        await message.reply("answer");
        read.push(message.payload);
      }
      return "over";
    })();
    dispatch("SEND", { nonce, payload: 1 });
    await settle();
    const drained = watch(client.drain());
    await settle();
    expect([socket.of("SEND"), drained.value, client.connected]).toEqual([[], "pending", true]);
    gate.resolve();
    await settle();
    expect(socket.of("SEND")[0]!.d).toMatchObject({ nonce, payload: "answer" });
    expect(drained.value).toBe("pending");
    dispatch("DISPATCHED", { nonce, count: 1 });
    expect(await loop).toBe("over");
    await settle();
    expect([read, drained.value, platform.timers]).toEqual([[1], undefined, 0]);
  });

  it("waits for nothing of a reader that never comes back longer than it may take", async () => {
    const { client, dispatch, platform } = connectClient();
    const messages = client.messages();
    dispatch("SEND", { nonce: null, payload: 1 });
    await messages.next();
    const drained = watch(client.drain({ timeoutMs: 50 }));
    await settle();
    expect(drained.value).toBe("pending");
    platform.step(50);
    await settle();
    expect([drained.value, client.connected, platform.timers]).toEqual(["client/timeout", false, 0]);
  });

  it("gives up in time, closes all the same, and says so", async () => {
    const { client, platform } = connectClient();
    const sent = watch(client.send("api", 1, { timeoutMs: 60_000 }));
    const drained = watch(client.drain({ timeoutMs: 50 }));
    platform.step(50);
    await settle();
    expect([sent.value, drained.value]).toEqual(["client/closed", "client/timeout"]);
    expect([client.connected, platform.timers]).toEqual([false, 0]);
  });

  it("gives up when its signal is aborted", async () => {
    const { client, platform } = connectClient();
    void client.send("api", 1);
    const controller = new AbortController();
    const drained = watch(client.drain({ signal: controller.signal }));
    controller.abort();
    await settle();
    expect([drained.value, client.connected, platform.timers]).toEqual(["client/aborted", false, 0]);
  });

  it("gives up by a signal that is a time limit as by its time", async () => {
    const { client } = connectClient();
    void client.send("api", 1);
    const signal = AbortSignal.abort(new DOMException("late", "TimeoutError"));
    await expect(client.drain({ signal })).rejects.toMatchObject({ code: "client/timeout" });
    expect(client.connected).toBe(false);
  });

  it("is begun once, and told", async () => {
    const { client } = connectClient();
    const statuses: Status["type"][] = [];
    client.on("draining", ({ type }) => void statuses.push(type));
    client.on("closed", ({ type }) => void statuses.push(type));
    const first = client.drain();
    expect(client.drain()).toBe(first);
    await first;
    expect(statuses).toEqual(["draining", "closed"]);
  });
});
