import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectClient, settle, stageClient, watch } from "./create-client.kit.ts";
import type { Message } from "./messaging/message.ts";
import type { Status } from "./status/status.ts";

const nonce = "gateway 5f0c 1";
/** Nested as deep as values may be, and a frame around it is too much. */
const deep = Array.from({ length: 127 }).reduce<unknown[]>((inner) => [inner], []);

const unhandled: unknown[] = [];
const catchUnhandled = (error: unknown): void => void unhandled.push(error);
beforeEach(() => void process.on("unhandledRejection", catchUnhandled));
afterEach(async () => {
  await settle();
  process.off("unhandledRejection", catchUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

describe("a client", () => {
  it("is connected once the server has let it in, and says so", () => {
    const { client, start, admit } = stageClient();
    expect([client.app, client.id, client.connected, client.restricted, [...client.caps]]).toEqual([
      "api",
      "1",
      false,
      false,
      [],
    ]);
    start();
    admit();
    expect([client.connected, client.server, [...client.caps]]).toEqual([
      true,
      "localhost:4567",
      ["receipt", "queue2"],
    ]);
  });

  it("knows the round trip of its last heartbeat", () => {
    const { client, platform, say } = connectClient();
    expect(client.latencyMs).toBeNull();
    platform.step(12);
    say({ op: 6 });
    expect(client.latencyMs).toBe(12);
  });

  it("introduces itself anew, with what the server took of its metadata, after each loss", async () => {
    const { client, socket, cut, comeBack, takeMetadata, ...stage } = connectClient({ metadata: { load: 1 } as never });
    const set = client.metadata.set({ region: "eu" } as never);
    await settle();
    takeMetadata();
    await set;
    cut();
    comeBack();
    const identify = stage.sockets[1]!.sent[0]!;
    expect(socket.sent[0]!.d).toMatchObject({ metadata: { load: { type: "integer", value: 1 } } });
    expect(identify.d).toMatchObject({
      application_id: "api",
      client_id: "1",
      metadata: { load: { type: "integer", value: 1 }, region: { type: "string", value: "eu" } },
    });
  });

  it("sends what waited once another connection stands", async () => {
    const stage = connectClient();
    stage.cut();
    const sent = watch(stage.client.send("api", 1));
    stage.comeBack();
    const [frame] = stage.socket.of("SEND");
    stage.dispatch("DISPATCHED", { nonce: frame!.d.nonce, count: 2 });
    await settle();
    expect(sent.value).toEqual({ count: 2 });
  });

  it("fails in silence where nobody awaits it, whatever is asked of it and however that ends", async () => {
    const stage = connectClient();
    const ask = (): void => {
      const { client } = stage;
      void client.send("api", 1);
      void client.broadcast("api", () => {});
      void client.request("api", 1);
      void client.queryNodes("api");
      void client.metadata.set({ a: 1 } as never);
      void client.metadata.set({ a: null } as never);
      void client.metadata.remove("a" as never);
    };
    ask();
    stage.cut();
    ask();
    await stage.client.close();
    ask();
    void stage.client.drain();
  });
});

describe("what is no target", () => {
  it.each([undefined, null, 17, true])("is refused by all that send to one: %j", async (target) => {
    const { client } = connectClient();
    // What is loaded late does not throw at once either, when it is there.
    await client.request("api", 1, { timeoutMs: 1, signal: AbortSignal.abort() }).catch(() => {});
    const given = target as never;
    for (const refused of [
      client.send(given, 1),
      client.broadcast(given, 1),
      client.request(given, 1),
      client.queryNodes(given),
      client.queue("jobs").push(given, 1),
    ]) {
      await expect(refused).rejects.toMatchObject({ code: "client/invalid-value", message: expect.any(String) });
    }
    await expect(client.send(given, 1)).rejects.toThrow("a target is an application or a query");
  });
});

describe("statuses", () => {
  it("say what a server grants", () => {
    const { client, start, admit } = stageClient();
    const granted: ReadonlySet<string>[] = [];
    client.on("connected", ({ caps }) => void granted.push(caps));
    start();
    admit(["receipt", "more"]);
    expect(granted).toEqual([new Set(["receipt", "more"])]);
  });

  it("say who comes and goes", () => {
    const { client, dispatch } = connectClient({ presence: true });
    const seen: Status[] = [];
    for (const type of ["joined", "left"] as const) client.on(type, (status) => void seen.push(status));
    dispatch("CLIENT_CONNECTED", { payload: { app: "api", client_id: "2" } });
    dispatch("CLIENT_DISCONNECTED", { payload: { app: "api", client_id: "2" } });
    expect(seen).toEqual(["joined", "left"].map((type) => ({ type, app: "api", id: "2" })));
  });
});

describe("a message that asks for an answer", () => {
  it("is answered with its nonce, and carries the sender's headers alone", async () => {
    const { client, socket, dispatch } = connectClient();
    client.messages((message) => message.reply("answer", { headers: message.headers }));
    dispatch("SEND", { nonce, payload: 1, headers: { trace: "1", "singyeong-request": "true" } });
    await settle();
    const [reply] = socket.of("SEND");
    expect(reply!.d).toMatchObject({ nonce, payload: "answer", target: { application: "gateway" } });
    expect(reply!.d.headers).toEqual({ trace: "1" });
  });

  it("is answered no more once the client is closed", async () => {
    const { client, dispatch, platform } = connectClient();
    const messages: Message[] = [];
    client.messages((message) => void messages.push(message as never));
    dispatch("SEND", { nonce, payload: 1 });
    await client.close();
    await settle();
    await expect(messages[0]!.reply("late")).rejects.toMatchObject({ code: "client/closed" });
    expect(platform.timers).toBe(0);
  });
});

describe("close", () => {
  it("rejects with client/closed what awaits a receipt, an answer, a query or an update", async () => {
    const { client, platform, takeMetadata } = connectClient();
    const first = client.request("api", 1);
    await settle();
    takeMetadata();
    await settle();
    const all = [first, client.send("api", 1), client.queryNodes("api"), client.metadata.set({ a: 1 } as never)];
    await client.close();
    for (const refused of all) await expect(refused).rejects.toMatchObject({ code: "client/closed" });
    expect(platform.timers).toBe(0);
  });

  it("rejects with client/closed what waits for a connection", async () => {
    const { client, platform, cut } = connectClient();
    cut();
    const all = [client.send("api", 1), client.request("api", 2), client.metadata.set({ a: 1 } as never)].map(watch);
    await client.close();
    await settle();
    expect(all.map(({ value }) => value)).toEqual(Array(3).fill("client/closed"));
    expect(platform.timers).toBe(0);
  });

  it("refuses whatever is asked afterwards, and ends what is read", async () => {
    const { client } = connectClient();
    const [messages, statuses] = [client.messages(), client.status()];
    await client.close();
    for (const refused of [client.send("api", 1), client.request("api", 1), client.queryNodes("api")]) {
      await expect(refused).rejects.toMatchObject({ code: "client/closed" });
    }
    expect((await messages.next()).done).toBe(true);
    expect((await statuses.next()).value).toEqual({ type: "closed", error: null });
    expect((await statuses.next()).done).toBe(true);
    expect(await client.closed()).toBeNull();
  });

  it("resolves each time, and at once where everything is over", async () => {
    const { client } = connectClient();
    await Promise.all([client.close(), client.close()]);
    await client.close();
    await client.drain();
  });

  it("says farewell for a second at most", async () => {
    const { client, platform } = connectClient();
    const closed = watch(client.close());
    platform.step(1000);
    await settle();
    expect(closed.value).toBeUndefined();
    expect(platform.timers).toBe(0);
  });
});

describe("metadata", () => {
  it("that is nested too deep is refused, and the next change gets through", async () => {
    const { client, socket } = connectClient();
    await expect(client.metadata.set({ deep } as never)).rejects.toMatchObject({ code: "client/invalid-value" });
    void client.metadata.set({ a: 1 } as never);
    await settle();
    expect(socket.of("UPDATE_METADATA").at(-1)!.d).toEqual({ a: { type: "integer", value: 1 } });
  });

  it("that is nested too deep from the start ends the client before it begins, and says why", async () => {
    const code = "client/invalid-value";
    try {
      const { client, start, say } = stageClient({ metadata: { deep } as never });
      start();
      say({ op: 0, d: { heartbeat_interval: 45_000 } });
      expect(await client.closed()).toMatchObject({ code });
    } catch (error) {
      expect(error).toMatchObject({ code });
    }
  });

  it("that cannot be set in time while no server is connected is not set later", async () => {
    const { client, platform, cut, comeBack, ...stage } = connectClient({ reconnect: { minDelayMs: 9000 } });
    cut();
    const set = watch(client.metadata.set({ a: 1 } as never, { timeoutMs: 50 }));
    await settle();
    platform.step(50);
    await settle();
    expect(set.value).toBe("client/timeout");
    comeBack();
    expect(stage.sockets.at(-1)!.of("UPDATE_METADATA")).toEqual([]);
  });

  it("that was changed while no server was connected is told before what waited", async () => {
    const { client, cut, comeBack, ...stage } = connectClient();
    cut();
    void client.send("api", 1);
    void client.metadata.set({ a: 1 } as never);
    await settle();
    comeBack();
    expect(stage.sockets.at(-1)!.sent.flatMap(({ t }) => t ?? [])).toEqual(["UPDATE_METADATA", "SEND"]);
  });

  it("that is changed right before the end is refused, as is a request, and leaves no timer", async () => {
    const { client, platform } = connectClient();
    const asked = [watch(client.metadata.set({ a: 1 } as never)), watch(client.request("api", 1))];
    await client.close();
    await settle();
    expect(asked.map(({ value }) => value)).toEqual(["client/closed", "client/closed"]);
    expect(platform.timers).toBe(0);
  });

  it("does not show the inbox of requests", async () => {
    const { client, takeMetadata } = connectClient({ metadata: { load: 1 } as never });
    void client.request("api", 1);
    await settle();
    takeMetadata();
    await settle();
    expect(client.metadata.current).toEqual({ load: 1 });
  });
});

describe("a request", () => {
  it("is settled by the answer, and a second answer is nobody's", async () => {
    const { client, socket, dispatch, takeMetadata } = connectClient();
    const messages: unknown[] = [];
    client.messages(({ payload }) => void messages.push(payload));
    const asked = watch(client.request("api", 1));
    await settle();
    takeMetadata();
    await settle();
    const { d } = socket.of("SEND")[0]!;
    dispatch("SEND", { nonce: d.nonce, payload: "first" });
    dispatch("SEND", { nonce: d.nonce, payload: "second" });
    await settle();
    expect(asked.value).toMatchObject({ payload: "first" });
    expect(messages).toEqual([]);
  });

  it("is given up with its signal, or in time, before its inbox is registered as well", async () => {
    const { client, platform, cut } = connectClient({ reconnect: { minDelayMs: 9000 } });
    cut();
    const controller = new AbortController();
    const aborted = watch(client.request("api", 1, { signal: controller.signal }));
    controller.abort();
    await settle();
    const late = watch(client.request("api", 1, { timeoutMs: 60_000 }));
    platform.step(60_000);
    await settle();
    expect([aborted.value, late.value]).toEqual(["client/aborted", "client/timeout"]);
  });

  it("has one time for all of it, its inbox's registration included", async () => {
    const { client, platform, takeMetadata } = connectClient();
    const asked = watch(client.request("api", 1, { timeoutMs: 1000 }));
    await settle();
    platform.step(600);
    takeMetadata();
    await settle();
    platform.step(399);
    await settle();
    expect(asked.value).toBe("pending");
    platform.step(1);
    await settle();
    expect(asked.value).toBe("client/timeout");
  });

  it("that finds its own sender is a message to answer", async () => {
    const stage = connectClient();
    stage.client.messages((message) => message.reply(`${message.payload}!`));
    const asked = watch(stage.client.request("api", "hello"));
    await settle();
    stage.takeMetadata();
    await settle();
    stage.dispatch("SEND", stage.socket.of("SEND")[0]!.d);
    stage.dispatch("SEND", stage.socket.of("SEND")[1]!.d);
    await settle();
    expect(asked.value).toMatchObject({ payload: "hello!" });
  });
});

describe("a server that says goodbye", () => {
  it("still brings the answers it owes, while new messages go elsewhere", async () => {
    const stage = connectClient({ servers: ["a", "b"] });
    const [old, sent] = [stage.socket, watch(stage.client.send("api", "old"))];
    stage.say({ op: 7, d: { reason: "drain" } });
    stage.admit();
    const next = watch(stage.client.send("api", "new"));
    expect([stage.client.server, stage.socket.of("SEND")[0]!.d.payload]).toEqual(["b:4567", "new"]);
    const receipt = { op: 4, t: "DISPATCHED", d: { nonce: old.of("SEND")[0]!.d.nonce, count: 1 } };
    old.tell.message(JSON.stringify(receipt));
    await settle();
    expect([sent.value, next.value]).toEqual([{ count: 1 }, "pending"]);
  });
});
