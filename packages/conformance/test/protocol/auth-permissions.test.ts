import { describe, expect, test } from "vitest";
import { eachListener } from "../../src/each-listener.ts";
import { ask } from "../../src/http.ts";
import {
  everyoneIn,
  failure,
  freshName,
  greetedClient,
  identifiedClient,
  identifyFrame,
} from "../../src/identified.ts";
import { take } from "../../src/queues.ts";

const permissions = {
  identify: ["clerk", "till-*"],
  send: ["billing", "shop-*"],
  push: ["jobs", "mail.*"],
  consume: ["jobs"],
  publish: ["orders.*"],
  subscribe: ["orders.*"],
  metadata: ["load", "x-*"],
};
const accounts = [
  { name: "clerk", password: "clerk-password", permissions },
  { name: "admin", password: "admin-password", permissions: { admin: true } },
  { name: "nobody", password: "nobody-password", permissions: { send: [], push: [], subscribe: [] } },
];
const flags = ["--auth", "all", "--accounts", JSON.stringify(accounts), "--auth-attempts", "0"];
const caps = ["receipt", "queue2", "topic", "stream"];

eachListener("permissions", flags, (server) => {
  const connect = (application = "clerk", auth = "clerk-password") =>
    identifiedClient(server(), { application, identify: { auth, caps } });
  const trusted = (application: string) => connect(application, "all");
  const as = (authorization: string) => ({ headers: { authorization } });

  const forbidden = (at: string) => ({ op: 3, d: { code: "auth/forbidden", extra_info: { at } } });

  test.each<[string, object, string]>([
    ["SEND", { target: everyoneIn("other"), payload: 1 }, "/d/target/application"],
    ["SEND", { target: {}, payload: 1 }, "/d/target/application"],
    ["SEND", { target: { application: ["tag"] }, payload: 1 }, "/d/target/application"],
    ["BROADCAST", { target: everyoneIn("other"), payload: 1 }, "/d/target/application"],
    ["QUERY_NODES", everyoneIn("other"), "/d/application"],
    ["QUEUE", { queue: "other", target: everyoneIn("billing"), payload: 1 }, "/d/queue"],
    ["QUEUE", { queue: "jobs", target: everyoneIn("other"), payload: 1 }, "/d/target/application"],
    ["QUEUE_REQUEST", { queue: "mail.in" }, "/d/queue"],
    ["PUBLISH", { topic: "bills.new", payload: 1 }, "/d/topic"],
    ["PUBLISH", { topic: "orders.new", payload: 1, target: everyoneIn("other") }, "/d/target/application"],
    ["SUBSCRIBE", { topics: ["orders.new", ">"] }, "/d/topics/1"],
    ["UPDATE_METADATA", { load: { type: "integer", value: 1 }, rank: null }, "/d"],
  ])("[AU-6] %s of %j is refused: op 3, and the connection lives", async (t, d, at) => {
    await using client = await connect();
    client.dispatch(t, d);
    expect(await client.next()).toMatchObject(forbidden(at));
    await client.settle();
  });

  test("[AU-6] a call is refused by ABORT", async () => {
    await using client = await connect();
    client.dispatch("CALL", { id: 1, method: "m", target: everyoneIn("other") });
    expect(await client.next()).toMatchObject({ t: "ABORT", d: { id: 1, code: "auth/forbidden" } });
    client.dispatch("CALL", { id: 2, method: "m", target: everyoneIn("billing") });
    expect(await client.next()).toMatchObject({ t: "ABORT", d: { id: 2, code: "route/no-match" } });
  });

  test("[AU-6] what is permitted is done", async () => {
    await using client = await connect("till-7");
    await using billing = await trusted("billing");
    client.dispatch("SEND", { target: everyoneIn("billing"), payload: 1 });
    expect(await billing.next()).toMatchObject({ t: "SEND", d: { payload: 1 } });
    client.dispatch("BROADCAST", { target: everyoneIn("shop-9"), payload: 1, nonce: "n" });
    expect(await client.next()).toMatchObject({ op: 3, d: { code: "route/no-match" } });
    client.dispatch("QUERY_NODES", everyoneIn("billing"));
    expect((await client.next()).d.nodes).toHaveLength(1);
    client.dispatch("QUEUE", { queue: "mail.out", target: everyoneIn("billing"), payload: 1 });
    expect(await client.next()).toMatchObject({ t: "QUEUE_CONFIRM" });
    client.send({ op: 4, t: "SUBSCRIBE", nonce: "s", d: { topics: ["orders.>", "orders.*.eu"] } });
    expect(await client.next()).toMatchObject({ t: "SUBSCRIBED" });
    client.send({ op: 4, t: "UPDATE_METADATA", nonce: "u", d: { "x-y": { type: "integer", value: 1 }, load: null } });
    expect(await client.next()).toMatchObject({ t: "METADATA_UPDATED" });
    client.dispatch("QUEUE_REQUEST", { queue: "jobs" });
    await using other = await trusted("other");
    other.dispatch("QUEUE", { queue: "jobs", target: everyoneIn("till-7"), payload: "job" });
    expect((await take(client)).payload).toBe("job");
  });

  test.each<[string, string, object, string]>([
    ["application", "boss", {}, "boss: not an application of yours"],
    ["key of metadata", "clerk", { metadata: { rank: { type: "integer", value: 1 } } }, "rank: not metadata"],
  ])("[AU-13] identifying by an %s that is not permitted is op 8", async (_what, application, more, sentence) => {
    await using client = await greetedClient(server());
    client.send(identifyFrame(application, freshName("client"), { auth: "clerk-password", ...more }));
    const { frame, code } = await failure(client);
    expect(frame).toMatchObject({
      op: 8,
      d: { code: "auth/forbidden", extra_info: { message: expect.stringContaining(sentence) } },
    });
    expect(code).toBe(1000);
  });

  test("[AU-6] an empty list permits nothing, and what is not named is not bounded", async () => {
    await using client = await connect("anything", "nobody-password");
    client.dispatch("SEND", { target: everyoneIn("billing"), payload: 1 });
    expect(await client.next()).toMatchObject(forbidden("/d/target/application"));
    client.dispatch("PUBLISH", { topic: "any.topic", payload: 1, nonce: "n" });
    expect(await client.next()).toMatchObject({ t: "PUBLISHED" });
  });

  describe("over HTTP", () => {
    test.each<[string, string, object, string]>([
      ["POST", "/api/v1/query", everyoneIn("other"), "/application"],
      ["POST", "/api/v1/query", {}, "/application"],
      ["POST", "/api/v1/explain", everyoneIn("other"), "/application"],
      [
        "POST",
        "/api/v1/proxy",
        { method: "GET", route: "/", headers: {}, query: everyoneIn("other") },
        "/query/application",
      ],
      ["POST", "/api/v1/proxy/other/path", {}, "/application"],
      ["POST", "/api/v1/queues/other/messages", { target: everyoneIn("billing"), payload: 1 }, "/queue"],
      ["POST", "/api/v1/queues/jobs/messages", { target: everyoneIn("other"), payload: 1 }, "/target/application"],
    ])("[AU-6] %s %s with %j is 403", async (method, path, body, at) => {
      const answer = await ask(server(), method, path, { ...as("clerk-password"), body });
      expect(answer.status).toBe(403);
      expect(answer.json).toMatchObject({ error: "forbidden", code: "auth/forbidden", extra_info: { at } });
    });

    test("[AU-6] what is permitted is answered", async () => {
      const post = (path: string, body: object) => ask(server(), "POST", path, { ...as("clerk-password"), body });
      expect((await post("/api/v1/query", everyoneIn("billing"))).status).toBe(200);
      expect((await post("/api/v1/explain", everyoneIn("billing"))).status).toBe(200);
      const push = { target: everyoneIn("billing"), payload: 1 };
      expect((await post("/api/v1/queues/mail.x/messages", push)).status).toBe(201);
    });

    const administration: [string, string, object?][] = [
      ["GET", "/metrics"],
      ["GET", "/api/v1/queues"],
      ["GET", "/api/v1/queues/jobs"],
      ["GET", "/api/v1/queues/jobs/messages"],
      ["GET", "/api/v1/queues/jobs/messages/00000000001"],
      ["POST", "/api/v1/queues/jobs/ack", { ids: [] }],
      ["POST", "/api/v1/queues/jobs/redrive", {}],
      ["POST", "/api/v1/queues/jobs/purge", { state: "dead" }],
      ["POST", "/api/v1/queues/jobs/pause", {}],
      ["POST", "/api/v1/queues/jobs/resume", {}],
      ["POST", "/api/v1/backup", {}],
      ["POST", "/api/v1/trace", {}],
      ["GET", "/api/v1/trace/0123456789abcdef0123456789abcdef"],
    ];
    test.each(administration)("[AU-12] %s %s takes the permission of administration", async (method, path, body) => {
      const status = async (password: string) => (await ask(server(), method, path, { ...as(password), body })).status;
      expect(await status("clerk-password")).toBe(403);
      expect([401, 403]).not.toContain(await status("admin-password"));
      expect([401, 403]).not.toContain(await status("all"));
    });

    test("[AU-11] discovery tells of applications that may be reached alone", async () => {
      const identify = { auth: "all", tags: ["found"] };
      await using _billing = await identifiedClient(server(), { application: "billing", identify });
      await using _other = await identifiedClient(server(), { application: "other", identify });
      const discover = async (password: string) =>
        (await ask(server(), "GET", '/api/v1/discovery/tags?q=["found"]', as(password))).json.result;
      expect(await discover("all")).toEqual(["billing", "other"]);
      expect(await discover("clerk-password")).toEqual(["billing"]);
    });
  });
});
