import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener, eachSteppedListener } from "../../src/each-listener.ts";
import { ask } from "../../src/http.ts";
import {
  everyoneIn,
  failure,
  freshName,
  greetedClient,
  identifiedClient,
  identifyFrame,
} from "../../src/identified.ts";

eachListener("identify", [], (server) => {
  test.each(["a", "x".repeat(256), "é".repeat(128), "tab\tand/slash", "__proto__", "constructor"])(
    "takes the id %s",
    async (id) => {
      await using client = await identifiedClient(server(), { id });
      expect(client.ready).toMatchObject({ client_id: id });
      const { json } = await ask(server(), "POST", "/api/v1/query", { body: everyoneIn(client.application) });
      expect(json).toMatchObject([{ app_id: client.application, client_id: id }]);
    },
  );

  describe.each(["client_id", "application_id"])("%s", (field) => {
    test.concurrent.each([
      ["empty", "", "must not have fewer than 1 characters"],
      ["with a space", "a b", "must not contain spaces"],
      ["of 257 bytes", "x".repeat(257), "256"],
      ["of 129 letters in 258 bytes", "é".repeat(129), "longer than 256 bytes"],
      ["a number", 7, "must be string"],
      ["null", null, "must be string"],
    ])("is refused %s, and the answer says why", async (_name, value, message) => {
      await using client = await greetedClient(server());
      client.send({ op: 1, d: { client_id: "c", application_id: "a", [field]: value } });
      const { frame, code } = await failure(client);
      expect(frame).toMatchObject({ op: 8, d: { code: "identify/invalid" } });
      expect(frame.d.extra_info[field]).toContain(message);
      expect(code).toBe(1000);
    });
  });

  test("an id that is registered and healthy is refused, and its holder stays", async () => {
    await using holder = await identifiedClient(server());
    await using newcomer = await greetedClient(server());
    newcomer.send(identifyFrame(holder.application, holder.id));
    const { frame, code } = await failure(newcomer);
    const error = `${holder.id}: already registered for app ${holder.application}`;
    expect(frame).toMatchObject({ op: 8, d: { error, extra_info: null, code: "identify/duplicate" } });
    expect(code).toBe(1000);
    await holder.settle();
  });

  test("the same id in another application is fine", async () => {
    await using first = await identifiedClient(server());
    await using second = await identifiedClient(server(), { id: first.id });
    expect(second.ready).toMatchObject({ client_id: first.id });
  });

  test("an id is free again once its connection is closed", async () => {
    const first = await identifiedClient(server());
    await first.close();
    await using second = await identifiedClient(server(), { application: first.application, id: first.id });
    expect(second.ready).toMatchObject({ client_id: first.id });
  });

  test("a second identify is op 8 and deregisters the client", async () => {
    await using client = await identifiedClient(server());
    client.send(identifyFrame(client.application, freshName("other")));
    const { frame, code } = await failure(client);
    expect(frame).toMatchObject({ op: 8, d: { error: "already identified", code: "identify/repeated" } });
    expect(code).toBe(1000);
    const { json } = await ask(server(), "POST", "/api/v1/query", { body: everyoneIn(client.application) });
    expect(json).toEqual([]);
  });

  test.each([null, ""])("auth %j is none: the client is not restricted", async (auth) => {
    await using client = await identifiedClient(server(), { identify: { auth } });
    expect(client.ready).toMatchObject({ restricted: false });
  });

  test("a password restricts where the server has none", async () => {
    await using client = await identifiedClient(server(), { identify: { auth: "anything" } });
    expect(client.ready).toMatchObject({ restricted: true });
  });

  test.each([
    ["absent", undefined, null],
    ["null", null, null],
    ["empty", "", ""],
    ["text", "any text at all", "any text at all"],
  ])("a namespace that is %s reads as what it is", async (_name, namespace, read) => {
    await using client = await identifiedClient(server(), { identify: { namespace } });
    const { json } = await ask(server(), "POST", "/api/v1/query", { body: everyoneIn(client.application) });
    expect(json[0].metadata.namespace).toBe(read);
  });

  test.each(["10.0.0.7", "10.0.0.7:8080", "https://service.internal:8443"])(
    "ip %s overrides the peer's",
    async (ip) => {
      await using client = await identifiedClient(server(), { identify: { ip } });
      const { json } = await ask(server(), "POST", "/api/v1/query", { body: everyoneIn(client.application) });
      expect(json[0]).toMatchObject({ socket_ip: ip, metadata: { ip } });
    },
  );

  test.each(encodings)("in %s everything optional may be null", async (encoding) => {
    const nothing = { auth: null, ip: null, namespace: null, metadata: null, tags: null, caps: null };
    await using client = await identifiedClient(server(), {
      encoding,
      identify: { ...nothing, receive_client_updates: null },
    });
    expect(client.ready).toEqual({ client_id: client.id, restricted: false });
  });

  test("metadata that came with it is there at once", async () => {
    await using client = await identifiedClient(server(), {
      identify: { metadata: { shard: { type: "integer", value: 7 } } },
    });
    client.dispatch("SEND", {
      target: everyoneIn(client.application, { ops: [{ path: "/shard", op: "$eq", to: { value: 7 } }] }),
      payload: "found",
    });
    expect(await client.next()).toMatchObject({ op: 4, d: { payload: "found" } });
  });

  test.concurrent.each([
    ["a dispatch", { op: 4, t: "SEND", d: { target: {}, payload: 1, nonce: "n" } }, "identify/required"],
    ["a heartbeat", { op: 5 }, "identify/required"],
    ["an op that does not exist", { op: 99 }, "identify/required"],
    ["a frame without op", { d: {} }, "identify/required"],
    ["a list", [1], "frame/not-a-map"],
    ["identify with d as text", { op: 1, d: "me" }, "identify/invalid"],
    ["bad metadata", identifyFrame("a", "c", { metadata: { x: { type: "nope", value: 1 } } }), "identify/metadata"],
  ])("before ready every mistake is fatal: %s", async (_name, frame, code) => {
    await using client = await greetedClient(server());
    client.send(frame);
    const failed = await failure(client);
    expect(failed.frame).toMatchObject({ op: 8, d: { code } });
    expect(failed.frame.d).not.toHaveProperty("nonce");
    expect(failed.code).toBe(1000);
  });
});

eachSteppedListener("identify in time", { identifyTimeoutMs: 1000 }, (server) => {
  test("a connection that does not identify is told (op 8) and closed", async () => {
    await using client = await greetedClient(server());
    server().clock.step(1000);
    expect(server().connections).toBe(1);
    server().clock.step(150);
    const text = { error: "not identified in time", code: "identify/timeout" };
    expect(await client.next()).toMatchObject({ op: 8, d: text });
    server().clock.step(250);
    expect((await client.closed).code).toBe(1000);
  });
});
