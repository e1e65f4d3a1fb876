import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
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
import { comeBack, cut, resumable } from "../../src/sessions.ts";
import { createSigner } from "../../src/tokens.ts";
import { subscribe, takeEvent } from "../../src/topics.ts";

const folder = mkdtempSync(join(tmpdir(), "singyeong-tenants-"));
afterAll(() => rmSync(folder, { recursive: true }));
const signer = await createSigner("k");
const keysFile = join(folder, "keys.json");
writeFileSync(keysFile, JSON.stringify(signer.jwk));

const tokenOf = (namespace: string, more: object = {}) => signer.sign({ singyeong: { namespace, ...more } });
const [red, blue] = [await tokenOf("red"), await tokenOf("blue")];
const caps = ["receipt", "queue2", "topic", "stream"];

eachListener("tenants", ["--jwt-keys", keysFile, "--auth", "all", "--auth-attempts", "0"], (server) => {
  interface Options {
    readonly application?: string;
    readonly more?: object;
  }
  const connect = (auth: string, { application = freshName("app"), more = {} }: Options = {}) =>
    identifiedClient(server(), { application, identify: { auth, caps, ...more } });
  /** A client of each tenant, and one of none, of one application. */
  async function crowd(more: object = {}) {
    const application = freshName("shared");
    const clients = await Promise.all(
      ["red", "blue", "none"].map((_, i) => connect([red, blue, "all"][i]!, { application, more })),
    );
    const [ofRed, ofBlue, ofNone] = clients as [(typeof clients)[0], (typeof clients)[0], (typeof clients)[0]];
    return {
      application,
      ofRed,
      ofBlue,
      ofNone,
      async [Symbol.asyncDispose]() {
        await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
      },
    };
  }

  test("[AU-9] a client of a tenant is of its namespace, whether it says so or not, and of no other", async () => {
    for (const more of [{}, { namespace: null }, { namespace: "red" }]) {
      await using client = await connect(red, { more });
      const { json } = await ask(server(), "POST", "/api/v1/query", {
        headers: { authorization: "all" },
        body: everyoneIn(client.application),
      });
      expect(json[0].metadata.namespace).toBe("red");
    }
    await using thief = await greetedClient(server());
    thief.send(identifyFrame("app", freshName("client"), { auth: red, namespace: "blue" }));
    expect((await failure(thief)).frame).toMatchObject({ op: 8, d: { code: "auth/forbidden" } });
  });

  describe.each<[string, object]>([
    ["any query", {}],
    ["one that asks for others", { ops: [{ namespace: { $eq: "blue" } }] }],
    ["one that asks for others, if need be for anybody", { ops: [{ namespace: { $eq: "blue" } }], optional: true }],
    ["one that asks for nobody, if need be for anybody", { ops: [{ nothing: { $eq: 1 } }], optional: true }],
    ["restricted ones too", { restricted: true }],
    ["whoever comes first by a key", { key: "k" }],
  ])("[AU-9] by %s", (_what, query) => {
    const isForOthers = !("optional" in query) && "ops" in query;

    test("messages reach nobody else", async () => {
      await using here = await crowd();
      await using sender = await connect(red);
      for (const t of ["SEND", "BROADCAST"]) {
        for (let i = 0; i < 8; i++) {
          sender.dispatch(t, { target: { ...query, application: here.application }, payload: 1, nonce: "n" });
          if (isForOthers) expect(await sender.next()).toMatchObject({ op: 3, d: { code: "route/no-match" } });
          else expect(await here.ofRed.next()).toMatchObject({ t });
        }
      }
      await Promise.all([sender.settle(), here.ofBlue.settle(), here.ofNone.settle()]);
    });

    test("searches find nobody else", async () => {
      await using here = await crowd();
      const body = { ...query, application: here.application };
      const ids = isForOthers ? [] : [here.ofRed.id];
      here.ofRed.dispatch("QUERY_NODES", body);
      const { nodes } = (await here.ofRed.next()).d;
      const names = (list: { client_id: string }[]) => list.map(({ client_id: id }) => id);
      expect(names(nodes)).toEqual(ids);
      const headers = { authorization: `Bearer ${red}` };
      expect(names((await ask(server(), "POST", "/api/v1/query", { headers, body })).json)).toEqual(ids);
      const explained = (await ask(server(), "POST", "/api/v1/explain", { headers, body })).json;
      expect(explained).toMatchObject({ considered: 1, choices: ids.length });
      expect(names(explained.candidates)).toEqual([here.ofRed.id]);
    });

    test("jobs and publications go to nobody else", async () => {
      const queue = freshName("queue");
      const topic = freshName("topic");
      await using here = await crowd();
      for (const client of [here.ofRed, here.ofBlue, here.ofNone]) {
        client.dispatch("QUEUE_REQUEST", { queue, count: 10 });
        await subscribe(client, topic, { group: client.id });
      }
      const target = { ...query, application: here.application };
      await using sender = await connect(red);
      sender.dispatch("QUEUE", { queue, target, payload: "job", nonce: "n" });
      expect(await sender.next()).toMatchObject({ t: "QUEUE_CONFIRM" });
      const headers = { authorization: red };
      const pushed = await ask(server(), "POST", `/api/v1/queues/${queue}/messages`, {
        headers,
        body: { target, payload: "job" },
      });
      expect(pushed.status).toBe(201);
      if (!isForOthers)
        expect([(await take(here.ofRed)).payload, (await take(here.ofRed)).payload]).toEqual(["job", "job"]);
      for (const more of [{ target }, {}]) {
        sender.dispatch("PUBLISH", { topic, payload: "event", nonce: "n", ...more });
        expect(await sender.next()).toMatchObject({ t: "PUBLISHED" });
        if (!("target" in more) || !isForOthers) expect((await takeEvent(here.ofRed)).payload).toBe("event");
      }
      await Promise.all([here.ofRed, here.ofBlue, here.ofNone].map((client) => client.settle()));
    });

    test("calls are taken by nobody else, those that wait too", async () => {
      const application = freshName("late");
      await using caller = await connect(red);
      const target = { ...query, application };
      caller.dispatch("CALL", { id: 1, method: "m", target, wait_ms: 600_000 });
      await caller.settle();
      await using ofBlue = await connect(blue, { application });
      await using ofNone = await connect("all", { application });
      await Promise.all([caller.settle(), ofBlue.settle(), ofNone.settle()]);
      caller.dispatch("CALL", { id: 2, method: "m", target });
      expect(await caller.next()).toMatchObject({ t: "ABORT", d: { id: 2, code: "route/no-match" } });
      await using ofRed = await connect(red, { application });
      if (isForOthers) await ofRed.settle();
      else expect(await ofRed.next()).toMatchObject({ t: "CALL" });
      await Promise.all([ofBlue.settle(), ofNone.settle()]);
    });
  });

  test("[AU-9] who is of no tenant reaches all of them", async () => {
    await using here = await crowd();
    here.ofNone.dispatch("BROADCAST", { target: everyoneIn(here.application), payload: 1 });
    for (const client of [here.ofRed, here.ofBlue, here.ofNone]) {
      expect(await client.next()).toMatchObject({ t: "BROADCAST" });
    }
  });

  test("[AU-11] clients are told of those of their own tenant alone who come and go", async () => {
    const more = { receive_client_updates: true };
    await using ofRed = await connect(red, { more });
    expect(await ofRed.next()).toMatchObject({ t: "CLIENT_CONNECTED", d: { payload: { client_id: ofRed.id } } });
    await using other = await connect(blue);
    await using free = await connect("all");
    await other.close();
    await free.close();
    await using own = await connect(red);
    expect(await ofRed.next()).toMatchObject({ t: "CLIENT_CONNECTED", d: { payload: { client_id: own.id } } });
    await own.close();
    expect(await ofRed.next()).toMatchObject({ t: "CLIENT_DISCONNECTED", d: { payload: { client_id: own.id } } });
  });

  test("[AU-11] discovery tells of applications of one's own tenant alone", async () => {
    const more = { tags: ["shop"] };
    await using ofRed = await connect(red, { more });
    await using ofBlue = await connect(blue, { more });
    const discover = async (authorization: string) =>
      (await ask(server(), "GET", '/api/v1/discovery/tags?q=["shop"]', { headers: { authorization } })).json.result;
    expect(await discover(red)).toEqual([ofRed.application]);
    expect(await discover(blue)).toEqual([ofBlue.application]);
  });

  test.each(["/metrics", "/api/v1/queues", "/api/v1/queues/any/messages"])(
    "[AU-11] GET %s is not for tenants",
    async (path) => {
      expect((await ask(server(), "GET", path, { headers: { authorization: red } })).status).toBe(403);
    },
  );

  test("[AU-11] a session of one tenant is not resumed by another, whoever has its token", async () => {
    const application = freshName("app");
    await using client = await resumable(server(), { application, identify: { auth: red } });
    cut(client);
    await using sender = await connect(red);
    sender.dispatch("SEND", { target: everyoneIn(application), payload: "secret" });
    await using thief = await comeBack(server(), client, { identify: { auth: blue } });
    expect(thief.ready).toMatchObject({ resumed: false });
    await thief.settle();
  });

  test("[AU-9] requests are passed on to clients of one's own tenant alone", async () => {
    await using target = await startTarget();
    const application = freshName("web");
    const more = { ip: target.address };
    await using _blue = await connect(blue, { application, more });
    const headers = { authorization: red };
    const queries = [{ application }, { application, optional: true, ops: [{ nothing: { $eq: 1 } }] }];
    for (const query of queries) {
      const body = { method: "GET", route: "/", headers: {}, query };
      const posted = await ask(server(), "POST", "/api/v1/proxy", { headers, body });
      expect(posted.status).toBeGreaterThanOrEqual(400);
      const direct = { ...headers, "x-singyeong-query": JSON.stringify(query) };
      expect((await ask(server(), "GET", `/api/v1/proxy/${application}/`, { headers: direct })).status).toBe(404);
    }
    expect(target.requests()).toBe(0);
    await using _red = await connect(red, { application, more });
    expect((await ask(server(), "GET", `/api/v1/proxy/${application}/`, { headers })).text).toBe("here");
    expect(target.requests()).toBe(1);
  });
});

/** An HTTP server of somebody's that counts its requests. */
async function startTarget() {
  let requests = 0;
  const http = createServer((_request, response) => {
    requests++;
    response.end("here");
  });
  await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests: () => requests,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => void http.close(resolve));
    },
  };
}
