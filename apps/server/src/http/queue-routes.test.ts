import { describe, expect, test } from "vitest";
import { StoreError } from "../kernel/store-error.ts";
import type { QueueAdmin } from "../queue/queues.ts";
import { startQueueHttp } from "./queue-http.kit.ts";

type Info = NonNullable<ReturnType<QueueAdmin["info"]>>;
type Message = NonNullable<Awaited<ReturnType<QueueAdmin["message"]>>>;

const info = (queue: string, more: Partial<Info> = {}): Info => ({
  queue,
  ready: 1,
  leased: 0,
  delayed: 0,
  dead: 0,
  bytes: 120,
  consumers: 0,
  open_requests: 0,
  oldest_ms: 5,
  paused: false,
  ...more,
});

const message = (id: string, payload: unknown = null): Message => ({
  queue: "jobs",
  id,
  state: "ready",
  attempt: 0,
  max_attempts: 20,
  priority: 4,
  pushed_ms: 1,
  due_ms: null,
  expires_ms: null,
  cause: null,
  holder: null,
  target: {},
  nonce: null,
  headers: null,
  payload,
});

const all = [
  ["GET", "/api/v1/queues"],
  ["GET", "/api/v1/queues/jobs"],
  ["POST", "/api/v1/queues/jobs/messages"],
  ["GET", "/api/v1/queues/jobs/messages"],
  ["GET", "/api/v1/queues/jobs/messages/1"],
  ["POST", "/api/v1/queues/jobs/ack"],
  ["POST", "/api/v1/queues/jobs/redrive"],
  ["POST", "/api/v1/queues/jobs/purge"],
  ["POST", "/api/v1/queues/jobs/pause"],
  ["POST", "/api/v1/queues/jobs/resume"],
  ["POST", "/api/v1/backup"],
] as const;

describe.each(all)("%s %s", (method, path) => {
  test("asks for the password, and does nothing without it", async () => {
    const http = startQueueHttp();
    const answer = await http.ask(method, path, { authorization: "wrong" });
    expect([answer.status, answer.text]).toEqual([401, '{"status":"error","error":"not authorized"}']);
    expect([http.calls, http.pushes]).toEqual([[], []]);
  });

  test("is 404 in v1's words under another method", async () => {
    for (const other of ["DELETE", "PUT", "PATCH"]) {
      const answer = await startQueueHttp().ask(other, path);
      expect([answer.status, answer.text]).toEqual([404, '{"code":404,"error":"not found"}']);
    }
  });
});

describe.each(all.filter(([, path]) => path.includes("jobs")))("%s %s", (method, path) => {
  test("refuses a name that is malformed or too long", async () => {
    for (const name of ["%zz", "%ff", "x".repeat(257), "%C3%A9".repeat(129)]) {
      const http = startQueueHttp();
      const answer = await http.ask(method, path.replace("jobs", name));
      expect(answer.status).toBe(400);
      expect(answer.json).toMatchObject({ code: "http/malformed-query", extra_info: { message: expect.any(String) } });
      expect([http.calls, http.pushes]).toEqual([[], []]);
    }
  });
});

describe("queues over HTTP", () => {
  test("are listed by prefix", async () => {
    const http = startQueueHttp({ admin: { list: (prefix) => [info(`${prefix}1`)] } });
    expect((await http.ask("GET", "/api/v1/queues")).json).toEqual({ queues: [info("1")] });
    expect((await http.ask("GET", "/api/v1/queues?prefix=a%2Fb%20")).json).toEqual({ queues: [info("a/b 1")] });
  });

  test("are not listed where the list would be too large", async () => {
    const list = () => Array.from({ length: 300 }, (_, i) => info(`${i}`));
    const answer = await startQueueHttp({ admin: { list } }).ask("GET", "/api/v1/queues");
    expect(answer.status).toBe(413);
    expect(answer.json).toMatchObject({ code: "query/answer-too-large", extra_info: { max_bytes: 65_536 } });
  });

  test("are shown one by one, by a name that is percent-encoded", async () => {
    const http = startQueueHttp({ admin: { info: (queue) => (queue === "a/b" ? info(queue) : null) } });
    expect((await http.ask("GET", "/api/v1/queues/a%2Fb")).json).toEqual(info("a/b"));
    const answer = await http.ask("GET", "/api/v1/queues/a%2Fc");
    expect(answer.status).toBe(404);
    expect(answer.json).toMatchObject({ code: "queue/not-found", extra_info: { queue: "a/c" } });
  });

  test("are paused and resumed, and shown as they are then", async () => {
    const paused = new Set<string>();
    const http = startQueueHttp({
      admin: {
        info: (queue) => info(queue, { paused: paused.has(queue) }),
        pause: async (queue, on) => {
          if (on) paused.add(queue);
          else paused.delete(queue);
          return null;
        },
      },
    });
    expect((await http.ask("POST", "/api/v1/queues/jobs/pause")).json).toMatchObject({ queue: "jobs", paused: true });
    expect((await http.ask("POST", "/api/v1/queues/jobs/resume", { body: {} })).json).toMatchObject({ paused: false });
  });

  test("can be paused before they exist, not resumed", async () => {
    const http = startQueueHttp({ admin: { info: () => null, pause: async () => null } });
    const answer = await http.ask("POST", "/api/v1/queues/jobs/pause");
    expect([answer.status, answer.json]).toMatchObject([200, { queue: "jobs", ready: 0, paused: true }]);
    expect((await http.ask("POST", "/api/v1/queues/jobs/resume")).json).toMatchObject({ code: "queue/not-found" });
    expect(http.calls.filter(([method]) => method === "pause")).toEqual([["pause", "jobs", true]]);
  });

  test("that go when they are resumed, being empty, are answered all the same", async () => {
    const infos = [info("jobs", { ready: 0, paused: true }), null];
    const http = startQueueHttp({ admin: { info: () => infos.shift() ?? null, pause: async () => null } });
    expect((await http.ask("POST", "/api/v1/queues/jobs/resume")).json).toMatchObject({ queue: "jobs", paused: false });
  });
});

describe("messages over HTTP", () => {
  const path = "/api/v1/queues/jobs/messages";
  const listing = (next: string | null = null) =>
    startQueueHttp({ admin: { messages: async () => ({ messages: [message("1")], next }) } });

  test("are listed a page at a time, of bounded size", async () => {
    const http = listing("1");
    expect((await http.ask("GET", path)).json).toEqual({ messages: [message("1")], next: "1" });
    await http.ask("GET", `${path}?state=dead&limit=1000&after=a%2B1`);
    expect(http.calls).toEqual([
      ["messages", "jobs", { state: "ready", limit: 100, maxBytes: 65_536, after: null }],
      ["messages", "jobs", { state: "dead", limit: 1000, maxBytes: 65_536, after: "a+1" }],
    ]);
  });

  test.each(["state=", "state=lost", "state=ready,dead", "limit=0", "limit=1001", "limit=-1", "limit=1e2", "limit="])(
    "are not listed by %s",
    async (query) => {
      const http = listing();
      const answer = await http.ask("GET", `${path}?${query}`);
      expect(answer.status).toBe(400);
      expect(answer.json).toMatchObject({ code: "http/malformed-query", extra_info: { message: expect.any(String) } });
      expect(http.calls).toEqual([]);
    },
  );

  test("keep every digit", async () => {
    const big = message("1", { n: 9007199254740993n });
    const http = startQueueHttp({
      admin: { message: async () => big, messages: async () => ({ messages: [big], next: null }) },
    });
    expect((await http.ask("GET", path)).text).toContain('{"n":9007199254740993}');
    expect((await http.ask("GET", `${path}/1`)).text).toContain('{"n":9007199254740993}');
  });

  test("are 404 where the message or the queue is not there, each said apart", async () => {
    const http = startQueueHttp({
      admin: {
        message: async () => null,
        messages: async () => null,
        info: (queue) => (queue === "jobs" ? info(queue) : null),
      },
    });
    for (const [at, extraInfo] of [
      ["jobs/messages/7", { queue: "jobs", id: "7" }],
      ["nope/messages/7", { queue: "nope" }],
      ["nope/messages", { queue: "nope" }],
    ] as const) {
      const answer = await http.ask("GET", `/api/v1/queues/${at}`);
      expect(answer.status).toBe(404);
      expect(answer.json).toMatchObject({ code: "queue/not-found", extra_info: extraInfo });
    }
  });
});

describe("changes over HTTP", () => {
  const counting = () =>
    startQueueHttp({ admin: { ack: async () => 2, redrive: async () => 3, purge: async () => null } });

  test("acknowledge and redrive messages by id, or redrive all", async () => {
    const http = counting();
    const ids = ["1", "2"];
    expect((await http.ask("POST", "/api/v1/queues/jobs/ack", { body: { ids } })).json).toEqual({ count: 2 });
    expect((await http.ask("POST", "/api/v1/queues/jobs/redrive", { body: { ids } })).json).toEqual({ count: 3 });
    await http.ask("POST", "/api/v1/queues/jobs/redrive", { body: {} });
    await http.ask("POST", "/api/v1/queues/jobs/redrive");
    expect(http.calls).toEqual([
      ["ack", "jobs", ids],
      ["redrive", "jobs", ids],
      ["redrive", "jobs", null],
      ["redrive", "jobs", null],
    ]);
  });

  test("purge a state, or all but what is leased; a queue that is not there is 404", async () => {
    const http = counting();
    const answer = await http.ask("POST", "/api/v1/queues/jobs/purge", { body: { state: "dead" } });
    expect([answer.status, answer.json.code]).toEqual([404, "queue/not-found"]);
    await http.ask("POST", "/api/v1/queues/jobs/purge", { body: { state: "all" } });
    expect(http.calls).toEqual([
      ["purge", "jobs", ["dead"]],
      ["purge", "jobs", ["ready", "delayed", "dead"]],
    ]);
  });

  test.each([
    ["ack", "/ids", {}],
    ["ack", "/ids", undefined],
    ["ack", "/ids", { ids: null }],
    ["ack", "/ids", { ids: "1" }],
    ["ack", "/ids", { ids: ["1", 2] }],
    ["ack", "/ids", { ids: Array.from({ length: 10_001 }, () => "") }],
    ["redrive", "/ids", { ids: null }],
    ["redrive", "/ids", { ids: [1] }],
    ["redrive", "", []],
    ["purge", "/state", {}],
    ["purge", "/state", { state: "leased" }],
    ["pause", "", []],
    ["resume", "", 1],
  ])("are refused where the body of %s is wrong at %j", async (change, at, body) => {
    const http = startQueueHttp();
    const answer = await http.ask("POST", `/api/v1/queues/jobs/${change}`, { body });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ code: "dispatch/invalid", extra_info: { at, message: expect.any(String) } });
    expect(http.calls).toEqual([]);
  });
});

describe("a backup over HTTP", () => {
  const copying = () =>
    startQueueHttp({ admin: { backup: async (name) => ({ path: `/data/backup/${name}`, bytes: 8192 }) } });

  test("has the name asked for, else one made of the time", async () => {
    const http = copying();
    const named = await http.ask("POST", "/api/v1/backup", { body: { name: "before.upgrade-1" } });
    expect(named.json).toEqual({ path: "/data/backup/before.upgrade-1", bytes: 8192 });
    const unnamed = await http.ask("POST", "/api/v1/backup");
    expect(unnamed.json.path).toBe("/data/backup/2026-11-21T10-15-00.007Z");
  });

  test.each(["", "../x", "a/b", ".hidden", "x".repeat(129), "a b", "신", 5, null])(
    "is refused the name %j",
    async (name) => {
      const http = copying();
      const answer = await http.ask("POST", "/api/v1/backup", { body: { name } });
      expect(answer.json).toMatchObject({ code: "dispatch/invalid", extra_info: { at: "/name" } });
      expect(http.calls).toEqual([]);
    },
  );

  test.each(["full", "io"] as const)("is 503 where the store says %s", async (fault) => {
    const http = startQueueHttp({ admin: { backup: () => Promise.reject(new StoreError(fault, "no room")) } });
    const answer = await http.ask("POST", "/api/v1/backup");
    expect(answer.status).toBe(503);
    expect(answer.json).toMatchObject({ code: "queue/unavailable", extra_info: { fault, message: "no room" } });
  });

  test.each([
    ["taken", 409],
    ["unsupported", 501],
  ] as const)("says so where the name or the wish is %s", async (fault, status) => {
    const http = startQueueHttp({ admin: { backup: () => Promise.reject(new StoreError(fault, "no")) } });
    const answer = await http.ask("POST", "/api/v1/backup");
    expect([answer.status, answer.json.code]).toEqual([status, `backup/${fault}`]);
  });
});

describe("a store in trouble", () => {
  test("is 503 for a change that cannot be written", async () => {
    const http = startQueueHttp({ admin: { purge: () => Promise.reject(new StoreError("full", "the disk is full")) } });
    const answer = await http.ask("POST", "/api/v1/queues/jobs/purge", { body: { state: "all" } });
    expect([answer.status, answer.json.code, http.logged]).toEqual([503, "queue/unavailable", []]);
  });

  test("is a logged 500 where what it reads is damaged, or anything else happens", async () => {
    for (const error of [new StoreError("damaged", "message 7"), new Error("a bug")]) {
      const http = startQueueHttp({ admin: { messages: () => Promise.reject(error) } });
      const answer = await http.ask("GET", "/api/v1/queues/jobs/messages");
      expect([answer.status, answer.json.code]).toEqual([500, "server/internal"]);
      expect(http.logged).toMatchObject([{ err: error }]);
    }
  });
});
