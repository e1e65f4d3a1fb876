import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { ask } from "../../src/http.ts";
import {
  everyoneIn,
  failure,
  greetedClient,
  type IdentifiedClient,
  identifiedClient,
  identifyFrame,
} from "../../src/identified.ts";
import { numbers } from "../../src/numbers.ts";
import { gap, splice } from "../../src/splice.ts";
import type { RunningServer } from "../../src/start-server.ts";

const base = ["encoding", "ip", "last_heartbeat_time", "namespace", "receive_client_updates", "restricted"];

/** A client's own metadata as POST /api/v1/query shows it, after all that the client has sent. */
async function metadataOf(server: RunningServer, client: IdentifiedClient) {
  await client.settle();
  const { text } = await ask(server, "POST", "/api/v1/query", { body: everyoneIn(client.application) });
  const [{ metadata, metadata_types: types }] = JSON.parse(text);
  for (const key of base) {
    delete metadata[key];
    delete types[key];
  }
  return { metadata, types, text };
}

const eq = (path: string, value: unknown) => ({ ops: [{ path, op: "$eq", to: { value } }] });

eachListener("metadata", [], (server) => {
  describe.each(encodings)("in %s", (encoding) => {
    test.each([
      ["string", "x"],
      ["string", ""],
      ["integer", 7],
      ["float", 1.5],
      ["float", 2],
      ["version", "1.10.0-rc.1+build.5"],
      ["list", ["a", 1, null, [true], { b: 2 }]],
      ["boolean", false],
      ["map", { a: { "b/c": [1] }, "": null }],
    ])("a %s holds %j and is visible to the next query", async (type, value) => {
      await using client = await identifiedClient(server(), { encoding });
      client.dispatch("UPDATE_METADATA", { key: { type, value } });
      client.dispatch("SEND", { target: everyoneIn(client.application, eq("/key", value)), payload: "found" });
      expect(await client.next()).toMatchObject({ op: 4, d: { payload: "found" } });
      expect(await metadataOf(server(), client)).toMatchObject({ metadata: { key: value }, types: { key: type } });
    });

    test.each([
      ["string", 7],
      ["string", null],
      ["integer", "7"],
      ["integer", 1.5],
      ["integer", null],
      ["float", "1.5"],
      ["version", "abc"],
      ["version", "1.0"],
      ["version", 1],
      ["list", { 0: "a" }],
      ["list", "a"],
      ["boolean", "true"],
      ["boolean", 1],
      ["map", []],
      ["map", null],
    ])("a %s does not hold %j", async (type, value) => {
      await using client = await identifiedClient(server(), { encoding });
      client.dispatch("UPDATE_METADATA", { key: { type, value } });
      const { op, d } = await client.next();
      expect({ op, ...d }).toEqual({
        op: 3,
        error: "invalid metadata",
        code: "metadata/invalid",
        extra_info: { key: `key: value fails validation for '${type}'` },
      });
      await client.settle();
    });

    test.each([
      ["2^63-1", "2^63-2", "$gt"],
      ["-2^63", "1-2^63", "$lt"],
      ["2^63-2", "2^63-1", "$lt"],
    ] as const)(
      "an integer is exact over signed 64 bits: %s is no %s, and printed digit for digit",
      async (name, other, op) => {
        await using client = await identifiedClient(server(), { encoding });
        const dispatch = (t: string, d: unknown, number: keyof typeof numbers): void =>
          client.sendRaw(splice(encoding, { op: 4, t, d }, numbers[number][encoding]));
        const ask = async (operator: string, number: keyof typeof numbers): Promise<number> => {
          const ops = [{ path: "/id", op: operator, to: { value: gap } }];
          dispatch("QUERY_NODES", { application: client.application, ops }, number);
          return (await client.next()).d.nodes.length;
        };
        dispatch("UPDATE_METADATA", { id: { type: "integer", value: gap } }, name);
        expect((await metadataOf(server(), client)).text).toContain(`"id":${numbers[name].json}`);
        expect(await ask("$eq", name)).toBe(1);
        expect(await ask("$eq", other)).toBe(0);
        expect(await ask(op, other)).toBe(1);
        expect(await ask(op, name)).toBe(0);
      },
    );

    test("null removes a key, and removing one that is absent is no mistake", async () => {
      await using client = await identifiedClient(server(), { encoding });
      client.dispatch("UPDATE_METADATA", { a: { type: "integer", value: 1 }, b: { type: "integer", value: 2 } });
      client.dispatch("UPDATE_METADATA", { a: null, never: null });
      expect((await metadataOf(server(), client)).metadata).toEqual({ b: 2 });
    });

    test("an update with one bad key changes nothing and names every bad key", async () => {
      await using client = await identifiedClient(server(), { encoding });
      client.dispatch("UPDATE_METADATA", { good: { type: "integer", value: 1 } });
      client.dispatch("UPDATE_METADATA", {
        good: { type: "integer", value: 2 },
        value: { type: "integer", value: "a" },
        type: { type: "nope", value: 1 },
        bare: 1,
        half: { type: "string" },
        ip: { type: "string", value: "1.1.1.1" },
      });
      const { d } = await client.next();
      expect(d.extra_info).toEqual({
        value: "value: value fails validation for 'integer'",
        type: "type: type 'nope' doesn't exists",
        bare: expect.stringMatching(/^bare: /),
        half: expect.stringMatching(/^half: /),
        ip: "ip: forbidden metadata key",
      });
      expect((await metadataOf(server(), client)).metadata).toEqual({ good: 1 });
    });

    test.each([...base])("the key %s is the server's, also for removal", async (key) => {
      await using client = await identifiedClient(server(), { encoding });
      for (const entry of [{ type: "string", value: "x" }, null]) {
        client.dispatch("UPDATE_METADATA", { [key]: entry });
        expect((await client.next()).d).toMatchObject({
          code: "metadata/invalid",
          extra_info: { [key]: `${key}: forbidden metadata key` },
        });
      }
    });
  });

  test.each(["9223372036854775808", "-9223372036854775809", "18446744073709551615", `1${"0".repeat(40)}`])(
    "an integer beyond signed 64 bits is refused with the advice to send a string: %s",
    async (digits) => {
      await using client = await identifiedClient(server());
      client.sendRaw(`{"op":4,"t":"UPDATE_METADATA","d":{"id":{"type":"integer","value":${digits}}}}`);
      const { d } = await client.next();
      expect(d).toMatchObject({ code: "metadata/invalid", extra_info: { id: expect.stringMatching(/integer.*text/) } });
    },
  );

  test("keys named target, payload, nonce and constructor are keys like any other", async () => {
    await using client = await identifiedClient(server());
    const keys = ["target", "payload", "nonce", "constructor", "toString", "hasOwnProperty"];
    client.dispatch("UPDATE_METADATA", Object.fromEntries(keys.map((key) => [key, { type: "string", value: key }])));
    client.sendRaw('{"op":4,"t":"UPDATE_METADATA","d":{"__proto__":{"type":"string","value":"p"}}}');
    const { text, metadata } = await metadataOf(server(), client);
    for (const key of keys) expect(metadata[key]).toBe(key);
    expect(text).toContain('"__proto__":"p"');
    client.dispatch("QUERY_NODES", everyoneIn(client.application, eq("/__proto__", "p")));
    expect((await client.next()).d.nodes).toHaveLength(1);
  });

  test("merge is the default: what an update does not mention stays", async () => {
    await using client = await identifiedClient(server(), {
      identify: { metadata: { a: { type: "integer", value: 1 } } },
    });
    client.dispatch("UPDATE_METADATA", { b: { type: "integer", value: 2 } });
    expect((await metadataOf(server(), client)).metadata).toEqual({ a: 1, b: 2 });
  });

  test("a connection's metadata is gone when it is", async () => {
    const first = await identifiedClient(server(), { identify: { metadata: { a: { type: "integer", value: 1 } } } });
    await first.close();
    await using second = await identifiedClient(server(), { application: first.application, id: first.id });
    expect((await metadataOf(server(), second)).metadata).toEqual({});
  });

  test("bad metadata in identify names every bad key and is fatal", async () => {
    await using client = await greetedClient(server());
    const metadata = { a: { type: "integer", value: "a" }, restricted: { type: "boolean", value: false } };
    client.send(identifyFrame("app", "bad-metadata", { metadata }));
    const { frame, code } = await failure(client);
    expect(frame.d).toEqual({
      error: "initial metadata: invalid",
      code: "identify/metadata",
      extra_info: {
        a: "a: value fails validation for 'integer'",
        restricted: "restricted: forbidden metadata key",
      },
    });
    expect(code).toBe(1000);
  });
});

eachListener("metadata with the strategy replace", ["--metadata-strategy", "replace"], (server) => {
  test("an update stands for everything that the client says of itself", async () => {
    await using client = await identifiedClient(server(), {
      identify: { metadata: { a: { type: "integer", value: 1 } } },
    });
    client.dispatch("UPDATE_METADATA", { b: { type: "integer", value: 2 } });
    expect((await metadataOf(server(), client)).metadata).toEqual({ b: 2 });
    client.dispatch("UPDATE_METADATA", {});
    expect((await metadataOf(server(), client)).metadata).toEqual({});
  });

  test("an invalid update changes nothing", async () => {
    await using client = await identifiedClient(server(), {
      identify: { metadata: { a: { type: "integer", value: 1 } } },
    });
    client.dispatch("UPDATE_METADATA", { b: 1 });
    expect((await client.next()).op).toBe(3);
    expect((await metadataOf(server(), client)).metadata).toEqual({ a: 1 });
  });
});
