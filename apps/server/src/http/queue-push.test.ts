import { jsonCodec } from "@singyeong/protocol/codec";
import { describe, expect, test } from "vitest";
import type { PushOutcome } from "../queue/queues.ts";
import { startQueueHttp } from "./queue-http.kit.ts";

const path = "/api/v1/queues/jobs/messages";
const body = { target: { application: "worker" }, payload: 1 };

describe("a push over HTTP", () => {
  test("hands target, payload, nonce and headers on as they were written", async () => {
    const http = startQueueHttp();
    const answer = await http.ask("POST", path, {
      body: '{"payload": {"id":9007199254740993, "f":50.0} ,"nonce":1234567890123456789012,"target":{ "key":12345678901234567 },"headers":{"a":"b"}}',
    });
    expect([answer.status, answer.text]).toEqual([201, '{"queue":"jobs","id":"1"}']);
    expect(http.pushes).toEqual([
      {
        queue: "jobs",
        rights: null,
        codec: jsonCodec,
        target: '{ "key":12345678901234567 }',
        payload: '{"id":9007199254740993, "f":50.0}',
        nonce: "1234567890123456789012",
        headers: '{"a":"b"}',
        id: null,
        delayMs: 0,
        ttlMs: 0,
        priority: 4,
        maxAttempts: null,
      },
    ]);
  });

  test("reads the options, null being as good as absent", async () => {
    const http = startQueueHttp();
    const options = { id: "x", delay_ms: 5, ttl_ms: 60_000, priority: 9, max_attempts: 3 };
    await http.ask("POST", path, { body: { ...body, ...options } });
    const none = Object.fromEntries(Object.keys(options).map((name) => [name, null]));
    await http.ask("POST", path, { body: { ...body, ...none, headers: null, nonce: null, unknown: 1 } });
    expect(http.pushes).toMatchObject([
      { id: "x", delayMs: 5, ttlMs: 60_000, priority: 9, maxAttempts: 3 },
      { id: null, delayMs: 0, ttlMs: 0, priority: 4, maxAttempts: null, headers: undefined, nonce: "null" },
    ]);
  });

  test("is for the queue that the path names, whatever characters it has", async () => {
    const http = startQueueHttp();
    for (const queue of ["a/b", "신경 대기열", "%", "..", "?&#", "messages"]) {
      await http.ask("POST", `/api/v1/queues/${encodeURIComponent(queue)}/messages`, { body });
      expect(http.pushes.at(-1)?.queue).toBe(queue);
    }
  });

  test("is not answered before the message is on disk", async () => {
    const stored = Promise.withResolvers<PushOutcome>();
    const http = startQueueHttp({ push: () => stored.promise });
    const order: string[] = [];
    const answer = http.ask("POST", path, { body }).then(({ status }) => order.push(`answer ${status}`));
    const other = await http.ask("GET", "/nowhere");
    order.push(`other ${other.status}`, "stored");
    stored.resolve({ ok: true, id: "7" });
    await answer;
    expect(order).toEqual(["other 404", "stored", "answer 201"]);
  });

  test.each([
    ["queue/full", 507, { limit: "messages" }],
    ["queue/too-many-queues", 507, null],
    ["queue/unavailable", 503, null],
  ] as const)("that is refused with %s is answered with %i", async (code, status, extraInfo) => {
    const http = startQueueHttp({ push: () => ({ ok: false, code, extraInfo }) });
    const answer = await http.ask("POST", path, { body });
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ code, extra_info: extraInfo });
  });

  test("whose target is no query is answered with the place in the body", async () => {
    for (const at of ["/target/ops/0", "/target"]) {
      const extraInfo = { at, rule: "unknown-op", message: "no such op" };
      const http = startQueueHttp({ push: () => ({ ok: false, code: "query/invalid", extraInfo }) });
      const answer = await http.ask("POST", path, { body });
      expect(answer.status).toBe(400);
      expect(answer.json).toMatchObject({ code: "query/invalid", extra_info: extraInfo });
    }
  });

  test("to the queue behind a group is refused, however long the group's name is", async () => {
    for (const group of ["g", "x".repeat(256)]) {
      const http = startQueueHttp();
      const answer = await http.ask("POST", `/api/v1/queues/%24topic%2F${group}/messages`, { body });
      expect([answer.status, http.pushes]).toEqual([400, []]);
      expect(answer.json).toMatchObject({ code: "dispatch/invalid", extra_info: { at: "/queue" } });
    }
  });

  test.each([
    ["/target", { payload: 1 }],
    ["/payload", { target: {} }],
    ["/headers", { ...body, headers: { a: 1 } }],
    ["/headers", { ...body, headers: ["a"] }],
    ["/id", { ...body, id: "" }],
    ["/id", { ...body, id: "x".repeat(257) }],
    ["/id", { ...body, id: "é".repeat(129) }],
    ["/id", { ...body, id: 5 }],
    ["/delay_ms", { ...body, delay_ms: -1 }],
    ["/delay_ms", { ...body, delay_ms: 1.5 }],
    ["/delay_ms", { ...body, delay_ms: "5" }],
    ["/delay_ms", { ...body, delay_ms: 31_536_000_001 }],
    ["/ttl_ms", { ...body, ttl_ms: 0 }],
    ["/priority", { ...body, priority: 10 }],
    ["/max_attempts", { ...body, max_attempts: 0 }],
    ["/max_attempts", { ...body, max_attempts: 65_536 }],
    ["", [body]],
    ["", "5"],
    ["/target", ""],
  ])("with a mistake at %j is refused, and nothing is pushed: %j", async (at, wrong) => {
    const http = startQueueHttp();
    const answer = await http.ask("POST", path, { body: wrong });
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({
      error: "invalid dispatch payload",
      code: "dispatch/invalid",
      extra_info: { at, message: expect.stringMatching(/ (is|map) /) },
    });
    expect(http.pushes).toEqual([]);
  });

  test("with an integer too long for a number is refused", async () => {
    const http = startQueueHttp();
    for (const digits of [20, 2000]) {
      const answer = await http.ask("POST", path, {
        body: `{"target":{},"payload":1,"delay_ms":${"9".repeat(digits)}}`,
      });
      expect(answer.json).toMatchObject({ code: "dispatch/invalid", extra_info: { at: "/delay_ms" } });
    }
  });

  test.each([
    ["no JSON", "{bad", { code: "http/malformed-body", extra_info: { at: 1 } }],
    ["two values", '{"a":1},{"b":2}', { code: "http/malformed-body", extra_info: { at: 7 } }],
    [
      "a way out of a frame",
      '1},"d":{"target":{},"payload":1}',
      { code: "http/malformed-body", extra_info: { at: 1 } },
    ],
    ["no UTF-8", new Uint8Array([0x22, 0xff, 0x22]), { code: "http/malformed-body" }],
    ["too deep", `{"target":{},"payload":${"[".repeat(16)}${"]".repeat(16)}}`, { code: "http/malformed-body" }],
    ["too large", `{"target":{},"payload":"${"x".repeat(65_536)}"}`, { code: "http/body-too-large" }],
  ])("whose body is %s is refused", async (_name, wrong, expected) => {
    const http = startQueueHttp();
    expect((await http.ask("POST", path, { body: wrong })).json).toMatchObject(expected);
    expect(http.pushes).toEqual([]);
  });

  test("may be as deep as the limit allows", async () => {
    const http = startQueueHttp();
    const deep = `{"target":{},"payload":${"[".repeat(15)}${"]".repeat(15)}}`;
    expect((await http.ask("POST", path, { body: deep })).status).toBe(201);
  });

  test("takes the last of repeated fields, and escaped names for what they stand for", async () => {
    const http = startQueueHttp();
    await http.ask("POST", path, { body: '{"target":{},"payload":1,"pay\\u006coad":2,"id":"a","id":"b"}' });
    expect(http.pushes).toMatchObject([{ payload: "2", id: "b" }]);
  });

  test("is not mixed up with another one at the same time", async () => {
    const http = startQueueHttp();
    const sent = Array.from({ length: 50 }, (_, i) => ({ target: {}, payload: i, id: `${i}` }));
    await Promise.all(sent.map((one) => http.ask("POST", path, { body: one })));
    for (const { payload, id } of http.pushes) expect(payload).toBe(id);
    expect(http.pushes).toHaveLength(50);
  });
});
