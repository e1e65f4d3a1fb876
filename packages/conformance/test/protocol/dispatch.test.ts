import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { everyoneIn, freshName, type IdentifiedClient, identifiedClient, leave } from "../../src/identified.ts";

const nobody = { path: "/none", op: "$eq", to: { value: 1 } };

eachListener("dispatches", [], (server) => {
  describe.each(encodings)("in %s a mistake in one is op 3, and the connection lives", (encoding) => {
    test.each([
      ["an unknown event", "NOPE", { nonce: "n" }, "dispatch/unknown-event", "invalid dispatch payload"],
      [
        "an event of an extension that the client has not",
        "QUEUE_NACK",
        { nonce: "n" },
        "dispatch/unknown-event",
        "invalid dispatch payload",
      ],
      ["SEND without target", "SEND", { nonce: "n", payload: 1 }, "dispatch/invalid", "invalid dispatch payload"],
      ["SEND without payload", "SEND", { nonce: "n", target: {} }, "dispatch/invalid", "invalid dispatch payload"],
      [
        "BROADCAST without payload",
        "BROADCAST",
        { nonce: "n", target: {} },
        "dispatch/invalid",
        "invalid dispatch payload",
      ],
      [
        "an unroutable SEND",
        "SEND",
        { nonce: "n", target: { ops: [nobody] }, payload: 1 },
        "route/no-match",
        "no_route",
      ],
      [
        "an unroutable BROADCAST",
        "BROADCAST",
        { nonce: "n", target: { ops: [nobody] }, payload: 1 },
        "route/no-match",
        "no_route",
      ],
      ["a bad query", "SEND", { nonce: "n", target: { ops: 1 }, payload: 1 }, "query/invalid", "invalid query"],
      ["a target that is no map", "SEND", { nonce: "n", target: [1], payload: 1 }, "query/invalid", "invalid query"],
      [
        "headers that are no text",
        "SEND",
        { nonce: "n", target: {}, payload: 1, headers: { a: 1 } },
        "dispatch/invalid",
        "invalid dispatch payload",
      ],
      [
        "headers that are a list",
        "SEND",
        { nonce: "n", target: {}, payload: 1, headers: [] },
        "dispatch/invalid",
        "invalid dispatch payload",
      ],
    ])("%s", async (_name, t, d, code, error) => {
      await using client = await identifiedClient(server(), { encoding });
      client.dispatch(t, d);
      const answer = await client.next();
      expect(answer).toMatchObject({ op: 3, t: null, d: { error, code, nonce: "n" } });
      expect(Object.keys(answer.d).sort()).toEqual(["code", "error", "extra_info", "nonce"]);
      await client.settle();
    });

    test.each([
      ["QUERY_NODES", { nonce: "n", ops: [{}] }, "query/invalid"],
      ["UPDATE_METADATA", { nonce: "n" }, "metadata/invalid"],
    ])("in d of %s a nonce is a key like any other, and is not given back", async (t, d, code) => {
      await using client = await identifiedClient(server(), { encoding });
      client.dispatch(t, d);
      const answer = await client.next();
      expect(answer).toMatchObject({ op: 3, t: null, d: { code } });
      expect(answer.d).not.toHaveProperty("nonce");
      await client.settle();
    });

    test.each([
      ["d is absent", { op: 4, t: "SEND" }],
      ["d is null", { op: 4, t: "SEND", d: null }],
      ["d is a list", { op: 4, t: "SEND", d: [] }],
      ["d is text", { op: 4, t: "QUERY_NODES", d: "x" }],
      ["t is absent", { op: 4, d: {} }],
      ["t is null", { op: 4, t: null, d: {} }],
      ["t is a number", { op: 4, t: 4, d: {} }],
    ])("%s, and where there was no nonce there is none in the answer", async (_name, frame) => {
      await using client = await identifiedClient(server(), { encoding });
      client.send(frame);
      const answer = await client.next();
      expect(answer.op).toBe(3);
      expect(Object.keys(answer.d).sort()).toEqual(["code", "error", "extra_info"]);
      await client.settle();
    });

    test("no_route carries the frame that was sent, and an unknown event does too", async () => {
      await using client = await identifiedClient(server(), { encoding });
      const d = { target: { application: "nobody", ops: [nobody] }, payload: { a: [1, 2.5, null] }, nonce: "n" };
      client.dispatch("SEND", d);
      expect((await client.next()).d.extra_info).toEqual({ op: 4, t: "SEND", ts: null, d });
      client.dispatch("NOPE", d);
      expect((await client.next()).d.extra_info).toEqual({ op: "dispatch", t: "NOPE", ts: null, d });
    });

    test("the sender is a candidate like any other", async () => {
      await using client = await identifiedClient(server(), { encoding });
      for (const t of ["SEND", "BROADCAST"]) {
        client.dispatch(t, { target: everyoneIn(client.application), payload: "me" });
        expect(await client.next()).toMatchObject({ op: 4, t, d: { nonce: null, payload: "me", target: null } });
      }
    });

    test("headers do not reach a client that names no capability", async () => {
      await using client = await identifiedClient(server(), { encoding });
      await using sender = await identifiedClient(server());
      for (const t of ["SEND", "BROADCAST"]) {
        for (const source of [client, sender]) {
          source.dispatch(t, {
            target: everyoneIn(client.application),
            nonce: "n",
            payload: 1,
            headers: { trace: "x" },
          });
          expect((await client.next()).d).toEqual({ nonce: "n", payload: 1, target: null });
        }
      }
    });
  });

  test("headers that are null are none", async () => {
    await using client = await identifiedClient(server());
    client.dispatch("SEND", { target: everyoneIn(client.application), payload: 1, headers: null });
    expect((await client.next()).d).toEqual({ nonce: null, payload: 1, target: null });
  });

  test("droppable: what nobody gets is dropped silently", async () => {
    await using client = await identifiedClient(server());
    for (const t of ["SEND", "BROADCAST"]) {
      client.dispatch(t, { target: everyoneIn("nobody", { droppable: true }), payload: 1 });
      client.dispatch(t, { target: everyoneIn("nobody", { droppable: "true" }), payload: 1 });
      await client.settle();
    }
  });

  test("optional: where nothing matches, everyone of the application does", async () => {
    const application = freshName("app");
    await using one = await identifiedClient(server(), { application });
    await using two = await identifiedClient(server(), { application });
    await using sender = await identifiedClient(server());
    sender.dispatch("BROADCAST", { target: { application, ops: [nobody], optional: true }, payload: "all" });
    for (const client of [one, two]) expect(await client.next()).toMatchObject({ d: { payload: "all" } });
    sender.dispatch("SEND", { target: { application, ops: [nobody], optional: true }, payload: "one" });
    await sender.settle();
    expect(await receivedBy([one, two])).toHaveLength(1);
  });

  test("SEND without key spreads over all who match", async () => {
    const { clients, sender, application } = await crowd(4);
    const reached = new Set<string>();
    while (reached.size < clients.length) {
      sender.dispatch("SEND", { target: everyoneIn(application), payload: 1 });
      await sender.settle();
      for (const id of await receivedBy(clients)) reached.add(id);
    }
    expect(reached.size).toBe(clients.length);
    await closeAll([...clients, sender]);
  });

  test("the same key goes to the same client while the matching set stands, and keys spread", async () => {
    const { clients, sender, application } = await crowd(5);
    const chosen = new Map<string, string>();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 24; i++) {
        const key = `user-${i}`;
        sender.dispatch("SEND", { target: everyoneIn(application, { key }), payload: key });
        await sender.settle();
        const [id] = await receivedBy(clients);
        expect(id).toBe(chosen.get(key) ?? id);
        chosen.set(key, id!);
      }
    }
    expect(new Set(chosen.values()).size).toBeGreaterThan(1);
    await closeAll([...clients, sender]);
  });

  test("a leave moves no key of those who stay", async () => {
    const { clients, sender, application } = await crowd(5);
    const route = async (key: string, among: readonly IdentifiedClient[]): Promise<string> => {
      sender.dispatch("SEND", { target: everyoneIn(application, { key }), payload: key });
      await sender.settle();
      return (await receivedBy(among))[0]!;
    };
    const keys = Array.from({ length: 40 }, (_, i) => `key-${i}`);
    const before = new Map<string, string>();
    for (const key of keys) before.set(key, await route(key, clients));
    const [leaver, ...stayers] = clients as [IdentifiedClient, ...IdentifiedClient[]];
    await leave(server(), leaver);
    for (const key of keys) {
      const now = await route(key, stayers);
      if (before.get(key) !== leaver.id) expect(now).toBe(before.get(key));
    }
    await closeAll([...stayers, sender]);
  });

  test("QUERY_NODES lists clients as v1 does", async () => {
    await using client = await identifiedClient(server(), {
      identify: { namespace: "ns", metadata: { l: { type: "list", value: ["a"] } } },
    });
    client.dispatch("QUERY_NODES", everyoneIn(client.application));
    const answer = await client.next();
    expect(answer).toMatchObject({ op: 4, t: "QUERY_NODES" });
    expect(answer.d).toEqual({
      nodes: [
        {
          app_id: client.application,
          client_id: client.id,
          metadata: {
            l: ["a"],
            ip: "127.0.0.1",
            namespace: "ns",
            encoding: "json",
            restricted: false,
            receive_client_updates: false,
            last_heartbeat_time: expect.any(Number),
          },
          metadata_types: {
            l: "list",
            ip: "string",
            namespace: "string",
            encoding: "string",
            restricted: "boolean",
            receive_client_updates: "string",
            last_heartbeat_time: "integer",
          },
          socket_ip: "127.0.0.1",
          queues: [],
        },
      ],
    });
  });

  test("tags as application choose every client that registered all of them", async () => {
    const tag = freshName("tag");
    await using both = await identifiedClient(server(), { identify: { tags: [tag, "db"] } });
    await using one = await identifiedClient(server(), { identify: { tags: [tag] } });
    await using sender = await identifiedClient(server());
    sender.dispatch("BROADCAST", { target: { application: [tag, "db"] }, payload: "both" });
    await sender.settle();
    expect(await receivedBy([both, one])).toEqual([both.id]);
    sender.dispatch("BROADCAST", { target: { application: [tag] }, payload: "all" });
    await sender.settle();
    expect(await receivedBy([both, one])).toEqual([both.id, one.id]);
  });

  async function crowd(size: number) {
    const application = freshName("crowd");
    const clients: IdentifiedClient[] = [];
    for (let i = 0; i < size; i++) clients.push(await identifiedClient(server(), { application }));
    return { application, clients, sender: await identifiedClient(server()) };
  }
});

/** Who has got one message; the others are shown to have got none. */
async function receivedBy(clients: readonly IdentifiedClient[]): Promise<string[]> {
  const receivers: string[] = [];
  for (const client of clients) {
    client.send({ op: 5 });
    let frame = await client.next();
    if (frame.op === 4) {
      receivers.push(client.id);
      frame = await client.next();
    }
    expect(frame.op).toBe(6);
  }
  return receivers;
}

async function closeAll(clients: readonly IdentifiedClient[]): Promise<void> {
  for (const client of clients) await client.close();
}
