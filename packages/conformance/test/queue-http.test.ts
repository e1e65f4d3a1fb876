import { stat } from "node:fs/promises";
import { expect, test } from "vitest";
import { ask } from "../src/http.ts";
import { everyoneIn, freshName, identifiedClient } from "../src/identified.ts";
import { eachQueueServer, type QueueServer } from "./queue-http.kit.ts";

const idShape = expect.stringMatching(/^[0-9a-z]{11}$/);
const empty = { ready: 0, leased: 0, delayed: 0, dead: 0, bytes: 0, consumers: 0, open_requests: 0 };

/** A consumer that understands all of it. */
const consumer = ({ server }: QueueServer) => identifiedClient(server, { identify: { caps: ["queue2", "receipt"] } });

/** A message that a consumer has said of that it is never to be given out again. */
async function deadLetter(queues: QueueServer, queue: string, message: object = {}): Promise<string> {
  await using client = await consumer(queues);
  client.dispatch("QUEUE_REQUEST", { queue });
  const pushed = queues.push(queue, { ...message, target: everyoneIn(client.application) });
  const { d } = await client.next();
  client.send({ op: 4, t: "QUEUE_NACK", nonce: "n", d: { queue, id: d.payload.id, dead: true } });
  expect(await client.next()).toMatchObject({ t: "QUEUE_SETTLED" });
  return pushed;
}

eachQueueServer("queues over HTTP", [], (queues) => {
  test("[QH-7] a push is answered 201 with the message's id, and survives a crash", async () => {
    const queue = freshName("queue");
    const answer = await queues().queue(queue, "POST", "/messages", { target: {}, payload: [1] });
    expect([answer.status, answer.json]).toEqual([201, { queue, id: idShape }]);
    await queues().crash();
    expect((await queues().queue(queue, "GET", `/messages/${answer.json.id}`)).json).toMatchObject({ payload: [1] });
  });

  test("[QH-7] what was pushed reaches a consumer as it was written", async () => {
    const queue = freshName("queue");
    await using client = await consumer(queues());
    const body = `{"target":{"application":"${client.application}"},"payload":{"n":9007199254740993,"f":50.0},"nonce":123456789012345678,"headers":{"a":"b"}}`;
    const { id } = (await queues().queue(queue, "POST", "/messages", body)).json;
    client.dispatch("QUEUE_REQUEST", { queue });
    const { frame, bytes } = await client.nextReceived();
    expect(frame).toMatchObject({ t: "QUEUE", d: { payload: { queue, id, attempt: 1 }, headers: { a: "b" } } });
    expect(bytes.toString()).toContain('{"n":9007199254740993,"f":50.0}');
    expect(bytes.toString()).toContain("123456789012345678");
  });

  test("[QH-7] pushes with one id are one message", async () => {
    const queue = freshName("queue");
    const ids = [await queues().push(queue, { id: "x" }), await queues().push(queue, { id: "x", payload: 2 })];
    expect(ids[0]).toBe(ids[1]);
    expect((await queues().queue(queue, "GET")).json).toMatchObject({ ready: 1 });
  });

  test("[QH-7] a target that is no query is 400 and names the place in the body", async () => {
    const target = { ops: [{ path: "/x", op: "$regex", to: { value: 1 } }] };
    const answer = await queues().queue(freshName("queue"), "POST", "/messages", { target, payload: 1 });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ code: "query/invalid", extra_info: { at: "/target/ops/0/op" } });
  });

  test.each(["a/b", "신경 대기열", "%2F", "?x=1#y", "__proto__", "messages", "x".repeat(256)])(
    "[QH-1] a queue may be called %j",
    async (queue) => {
      const id = await queues().push(queue);
      expect((await queues().queue(queue, "GET")).json).toMatchObject({ queue, ready: 1 });
      const listed = await ask(queues().server, "GET", `/api/v1/queues?prefix=${encodeURIComponent(queue)}`);
      expect(listed.json.queues).toMatchObject([{ queue }]);
      expect((await queues().queue(queue, "POST", "/ack", { ids: [id] })).json).toEqual({ count: 1 });
    },
  );

  test.each(["%zz", "%ff", "x".repeat(257)])("[QH-1] a queue cannot be called %s", async (name) => {
    const answer = await ask(queues().server, "GET", `/api/v1/queues/${name}`);
    expect([answer.status, answer.json.code]).toEqual([400, "http/malformed-query"]);
  });

  test("[QH-2] a queue that is not there is 404", async () => {
    for (const [method, path, body] of [
      ["GET", ""],
      ["GET", "/messages"],
      ["GET", "/messages/00000000001"],
      ["POST", "/ack", { ids: [] }],
      ["POST", "/redrive"],
      ["POST", "/purge", { state: "all" }],
      ["POST", "/resume"],
    ] as const) {
      const answer = await queues().queue("nowhere", method, path, body);
      expect(answer.status).toBe(404);
      expect(answer.json).toMatchObject({ code: "queue/not-found", extra_info: { queue: "nowhere" } });
    }
  });

  test("[QH-5] a queue tells how many messages are in which state", async () => {
    const queue = freshName("queue");
    await deadLetter(queues(), queue);
    await queues().push(queue);
    await queues().push(queue, { delay_ms: 3_600_000 });
    const answer = await queues().queue(queue, "GET");
    expect(answer.json).toEqual({
      ...empty,
      queue,
      ready: 1,
      delayed: 1,
      dead: 1,
      bytes: expect.any(Number),
      oldest_ms: expect.any(Number),
      paused: false,
    });
    const listed = await ask(queues().server, "GET", `/api/v1/queues?prefix=${queue}`);
    expect(listed.json.queues).toMatchObject([{ queue, ready: 1, delayed: 1, dead: 1 }]);
  });

  test("[QH-8] messages are listed in the order they would be given out, a page at a time", async () => {
    const queue = freshName("queue");
    const ids: string[] = [];
    for (const priority of [4, 9, 0, 4, 9]) ids.push(await queues().push(queue, { priority }));
    const inOrder = [1, 4, 0, 3, 2].map((i) => ids[i]);
    const seen: string[] = [];
    let next: string | null = "";
    while (next !== null) {
      const { json } = await queues().queue(queue, "GET", `/messages?limit=2${next && `&after=${next}`}`);
      seen.push(...json.messages.map(({ id }: { id: string }) => id));
      expect(json.messages.length).toBeLessThanOrEqual(2);
      next = json.next;
    }
    expect(seen).toEqual(inOrder);
  });

  test("[QH-8] a list tells of leased messages who has them", async () => {
    const queue = freshName("queue");
    await using client = await consumer(queues());
    const id = await queues().push(queue);
    client.dispatch("QUEUE_REQUEST", { queue });
    await client.next();
    const { messages } = (await queues().queue(queue, "GET", "/messages?state=leased")).json;
    const holder = { app_id: client.application, client_id: client.id };
    expect(messages).toMatchObject([{ id, state: "leased", attempt: 1, holder, due_ms: expect.any(Number) }]);
  });

  test("[QH-9] one message is shown whatever its state, every digit of it", async () => {
    const queue = freshName("queue");
    const body =
      '{"target":{"key":1},"payload":9007199254740993,"nonce":12345678901234567890,"headers":{"a":"b"},"ttl_ms":60000}';
    const { id } = (await queues().queue(queue, "POST", "/messages", body)).json;
    const { text, json } = await queues().queue(queue, "GET", `/messages/${id}`);
    expect(text).toContain('"payload":9007199254740993');
    expect(text).toContain('"nonce":12345678901234567890');
    expect(json).toMatchObject({
      queue,
      id,
      state: "ready",
      attempt: 0,
      max_attempts: 20,
      priority: 4,
      due_ms: null,
      expires_ms: json.pushed_ms + 60_000,
      cause: null,
      holder: null,
      target: { key: 1 },
      headers: { a: "b" },
    });
    const other = await queues().queue(queue, "GET", "/messages/zzzzzzzzzzz");
    expect([other.status, other.json.extra_info]).toEqual([404, { queue, id: "zzzzzzzzzzz" }]);
  });

  test("[QH-10] a message that is acknowledged is gone, whoever holds it", async () => {
    const queue = freshName("queue");
    await using client = await consumer(queues());
    const id = await queues().push(queue);
    client.dispatch("QUEUE_REQUEST", { queue });
    await client.next();
    const ids = [id, "zzzzzzzzzzz"];
    expect((await queues().queue(queue, "POST", "/ack", { ids })).json).toEqual({ count: 1 });
    client.dispatch("QUEUE_ACK", { queue, id });
    expect(await client.next()).toMatchObject({ op: 3, d: { code: "queue/not-leased" } });
  });

  test("[QH-11] dead messages are given another life, by id or all of them", async () => {
    const queue = freshName("queue");
    const ids = [await deadLetter(queues(), queue, { payload: 1 }), await deadLetter(queues(), queue, { payload: 2 })];
    const dead = (await queues().queue(queue, "GET", "/messages?state=dead")).json.messages;
    expect(dead).toMatchObject([
      { id: ids[0], cause: "rejected", payload: 1 },
      { id: ids[1], cause: "rejected", payload: 2 },
    ]);
    expect((await queues().queue(queue, "POST", "/redrive", { ids: [ids[1]] })).json).toEqual({ count: 1 });
    expect((await queues().queue(queue, "POST", "/redrive")).json).toEqual({ count: 1 });
    expect((await queues().queue(queue, "GET")).json).toMatchObject({ dead: 0, ready: 2 });
    expect((await queues().queue(queue, "GET", `/messages/${ids[0]}`)).json).toMatchObject({ attempt: 0, cause: null });
  });

  test("[QH-12] a purge removes all messages of a state, and those of none that are leased", async () => {
    const queue = freshName("queue");
    await using client = await consumer(queues());
    client.dispatch("QUEUE_REQUEST", { queue });
    await queues().push(queue, { target: everyoneIn(client.application) });
    await client.next();
    await queues().push(queue);
    await queues().push(queue, { delay_ms: 3_600_000 });
    expect((await queues().queue(queue, "POST", "/purge", { state: "delayed" })).json).toEqual({ count: 1 });
    expect((await queues().queue(queue, "POST", "/purge", { state: "all" })).json).toEqual({ count: 1 });
    expect((await queues().queue(queue, "GET")).json).toMatchObject({ ready: 0, delayed: 0, leased: 1 });
  });

  test("[QH-6] a paused queue gives nothing out, also after a crash, until it is resumed", async () => {
    const queue = freshName("queue");
    expect((await queues().queue(queue, "POST", "/pause")).json).toMatchObject({ ...empty, queue, paused: true });
    await queues().push(queue);
    await queues().crash();
    await using client = await consumer(queues());
    client.dispatch("QUEUE_REQUEST", { queue });
    await client.settle();
    expect((await queues().queue(queue, "GET")).json).toMatchObject({ ready: 1, leased: 0, open_requests: 1 });
    expect((await queues().queue(queue, "POST", "/resume")).json).toMatchObject({ paused: false });
    expect(await client.next()).toMatchObject({ t: "QUEUE" });
  });

  test("[QH-13] a backup is a folder with what is stored, and no other backup takes its name", async () => {
    const backup = (body?: object) => ask(queues().server, "POST", "/api/v1/backup", { body });
    const { json } = await backup({ name: "one" });
    expect(json).toEqual({ path: expect.stringMatching(/one$/), bytes: expect.any(Number) });
    expect((await stat(json.path)).isDirectory()).toBe(true);
    expect((await backup({ name: "one" })).json).toMatchObject({ code: "backup/taken" });
    expect((await backup()).json.path).toMatch(/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/);
  });
});

eachQueueServer(
  "queues over HTTP with little room",
  ["--max-queue-messages", "3", "--max-backlog-bytes", "65536"],
  (queues) => {
    test("[QH-8] a page of large messages is cut short, and the next one goes on behind it", async () => {
      const queue = freshName("queue");
      const ids: string[] = [];
      for (let i = 0; i < 3; i++) ids.push(await queues().push(queue, { payload: "x".repeat(40_000) }));
      const first = (await queues().queue(queue, "GET", "/messages")).json;
      expect(first.messages.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2));
      const second = (await queues().queue(queue, "GET", `/messages?after=${first.next}`)).json;
      expect([second.messages.map(({ id }: { id: string }) => id), second.next]).toEqual([ids.slice(2), null]);
    });

    test("[QH-7] a push into a full queue is 507", async () => {
      const queue = freshName("queue");
      for (let i = 0; i < 3; i++) await queues().push(queue);
      const answer = await queues().queue(queue, "POST", "/messages", { target: {}, payload: 1 });
      expect(answer.status).toBe(507);
      expect(answer.json).toMatchObject({ error: "queue full", code: "queue/full", extra_info: { limit: "messages" } });
    });
  },
);

eachQueueServer("queues over HTTP with a password", ["--auth", "s3cret"], (queues) => {
  test("[QH-1] ask for it", async () => {
    for (const [method, path] of [
      ["GET", "/api/v1/queues"],
      ["POST", "/api/v1/queues/x/messages"],
      ["POST", "/api/v1/backup"],
    ] as const) {
      expect((await ask(queues().server, method, path)).status).toBe(401);
    }
    const headers = { authorization: "s3cret" };
    expect((await ask(queues().server, "GET", "/api/v1/queues", { headers })).json).toEqual({ queues: [] });
  });
});
