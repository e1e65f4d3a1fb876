import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { everyoneIn } from "../../src/identified.ts";
import { numbers } from "../../src/numbers.ts";
import { refusal } from "../../src/queues.ts";
import { gap, splice } from "../../src/splice.ts";
import { endOf, expectAbort, newStream, openStream, provesOpen } from "../../src/streams.ts";

const long = "x".repeat(257);

/** Ids that are none, for any event. */
const noIds = [null, "0", "", 1.5, true, [], {}, [0]];

/** What a CALL may not say, by what is wrong with it. */
const badCalls: readonly (readonly [string, object])[] = [
  ["no method", { method: undefined }],
  ["a null method", { method: null }],
  ["an empty method", { method: "" }],
  ["a method of 257 bytes", { method: long }],
  ["a method of 86 times three bytes", { method: "€".repeat(86) }],
  ["a method that is no text", { method: 1 }],
  ["headers that are no map", { headers: ["a"] }],
  ["headers that are text", { headers: "a" }],
  ["a header that is no text", { headers: { a: 1 } }],
  ["a header that is null", { headers: { a: null } }],
  ["a codec of 65 bytes", { codec: "x".repeat(65) }],
  ["a codec of 22 times three bytes", { codec: "€".repeat(22) }],
  ["a codec that is no text", { codec: 1 }],
  ["a credit below 0", { credit: -1 }],
  ["a credit beyond 1,000,000", { credit: 1_000_001 }],
  ["a credit with a fraction", { credit: 1.5 }],
  ["a credit that is text", { credit: "16" }],
  ["a deadline of 0", { deadline_ms: 0 }],
  ["a deadline below 0", { deadline_ms: -1 }],
  ["a deadline with a fraction", { deadline_ms: 0.5 }],
  ["a deadline that is text", { deadline_ms: "1" }],
  ["a wait below 0", { wait_ms: -1 }],
  ["a wait beyond an hour", { wait_ms: 3_600_001 }],
  ["a wait with a fraction", { wait_ms: 1.5 }],
  ["a wait that is text", { wait_ms: "1" }],
  ["an end that is no boolean", { end: 1 }],
  ["an end that is text", { end: "true" }],
];

const badTargets: readonly unknown[] = [
  1,
  "math",
  true,
  [],
  { application: 1 },
  { application: "x", ops: [{}] },
  { application: "x", ops: [{ path: "/a", op: "$nope", to: { value: 1 } }] },
  { application: "x", selector: { $median: "/a" } },
];

/** Other events with something wrong in them. */
const badMessages: readonly (readonly [t: string, d: object | null])[] = [
  ["DATA", { headers: { a: 1 } }],
  ["DATA", { headers: "a" }],
  ["DATA", { headers: [] }],
  ["DATA", { end: 1 }],
  ["DATA", { end: "true" }],
  ["CREDIT", {}],
  ["CREDIT", { n: null }],
  ["CREDIT", { n: 0 }],
  ["CREDIT", { n: -1 }],
  ["CREDIT", { n: 1.5 }],
  ["CREDIT", { n: "1" }],
  ["CREDIT", { n: 1_000_001 }],
  ["CREDIT", { n: [1] }],
  ["ABORT", {}],
  ["ABORT", { code: null }],
  ["ABORT", { code: "" }],
  ["ABORT", { code: long }],
  ["ABORT", { code: "\u{1f9e0}".repeat(65) }],
  ["ABORT", { code: 1 }],
  ["ABORT", { code: "c", message: 1 }],
  ["ABORT", { code: "c", delivered: "no" }],
  ["ABORT", { code: "c", delivered: 0 }],
];

eachListener("what is wrong with frames of streams", [], (server) => {
  describe.each(encodings)("in %s", (encoding) => {
    test.each(badCalls)(
      "[ST-14] a CALL with %s is aborted as not delivered, and its id is free",
      async (_name, call) => {
        await using at = await newStream(server(), { from: { encoding } });
        const target = everyoneIn(at.callee.client.application);
        at.caller.client.dispatch("CALL", { id: 1, target, method: "m", ...call });
        await expectAbort(endOf(at.caller.client, 1), "dispatch/invalid", false);
        await provesOpen(await openStream(at.caller.client, at.callee.client, 1));
        await provesOpen(at);
      },
    );

    test("[ST-14] a target that is no query is query/invalid", async () => {
      await using at = await newStream(server(), { from: { encoding } });
      for (const target of badTargets) {
        at.caller.client.dispatch("CALL", { id: 1, target, method: "m" });
        await expectAbort(endOf(at.caller.client, 1), "query/invalid", false);
      }
      await provesOpen(at);
    });

    test("[ST-17] a CALL without a usable id is refused, with its nonce", async () => {
      await using at = await newStream(server(), { from: { encoding } });
      const target = everyoneIn(at.callee.client.application);
      for (const id of [...noIds, undefined, -1, -(2 ** 31)]) {
        const d = { ...(id !== undefined && { id }), target, method: "m", payload: 1 };
        at.caller.client.send({ op: 4, t: "CALL", nonce: "n", d });
        expect(await at.caller.client.next()).toMatchObject(
          refusal("dispatch/invalid", { nonce: "n", extra_info: { at: "/d/id" } }),
        );
      }
      await provesOpen(at);
    });

    test.each(badMessages)("[ST-17] %s with %j is refused, and the stream goes on", async (t, more) => {
      await using at = await newStream(server(), { from: { encoding }, to: { encoding } });
      for (const end of [at.caller, at.callee]) {
        end.client.send({ op: 4, t, nonce: [1], d: { id: end.id, payload: 1, ...more } });
        expect(await end.client.next()).toMatchObject(refusal("dispatch/invalid", { nonce: [1] }));
      }
      await provesOpen(at);
    });

    test.each(["DATA", "CREDIT", "ABORT"])("[ST-17] %s without a usable id is refused", async (t) => {
      await using at = await newStream(server(), { from: { encoding } });
      for (const id of [...noIds, undefined]) {
        at.caller.client.dispatch(t, { ...(id !== undefined && { id }), payload: 1, n: 1, code: "c" });
        expect(await at.caller.client.next()).toMatchObject(
          refusal("dispatch/invalid", { extra_info: { at: "/d/id" } }),
        );
      }
      await provesOpen(at);
    });

    test.each(["CALL", "DATA", "CREDIT", "ABORT"])("[ST-17] %s with a d that is no map is refused", async (t) => {
      await using at = await newStream(server(), { from: { encoding } });
      for (const d of [null, 1, "x", true, [], [0]]) {
        at.caller.client.dispatch(t, d);
        expect(await at.caller.client.next()).toMatchObject(refusal("dispatch/invalid"));
      }
      at.caller.client.send({ op: 4, t });
      expect(await at.caller.client.next()).toMatchObject(refusal("dispatch/invalid"));
      await provesOpen(at);
    });

    test("[ST-14, ST-17] numbers that are too large are refused wherever they stand", async () => {
      await using at = await newStream(server(), { from: { encoding } });
      const { client } = at.caller;
      const send = (t: string, d: object, name: "2^53" | "2^64-1" | "-(2^53+1)"): void =>
        client.sendRaw(splice(encoding, { op: 4, t, d }, numbers[name][encoding]));
      const target = everyoneIn(at.callee.client.application);
      for (const name of ["2^53", "2^64-1", "-(2^53+1)"] as const) {
        for (const t of ["CALL", "DATA", "CREDIT", "ABORT"]) {
          send(t, { id: gap, target, method: "m", n: 1, code: "c" }, name);
          expect(await client.next()).toMatchObject(refusal("dispatch/invalid", { extra_info: { at: "/d/id" } }));
        }
        send("CREDIT", { id: 0, n: gap }, name);
        expect(await client.next()).toMatchObject(refusal("dispatch/invalid", { extra_info: { at: "/d/n" } }));
        for (const field of ["credit", "deadline_ms", "wait_ms"]) {
          send("CALL", { id: 1, target, method: "m", [field]: gap }, name);
          await expectAbort(endOf(client, 1), "dispatch/invalid", false);
        }
      }
      await provesOpen(at);
    });

    test("[ST-17] what is wrong takes no credit, and an end that is wrong is none", async () => {
      await using at = await newStream(server(), { from: { encoding }, to: { encoding } });
      for (let i = 0; i < 100; i++) at.caller.data({ payload: i, end: true, headers: { a: 1 } });
      for (let i = 0; i < 100; i++) expect(await at.caller.client.next()).toMatchObject(refusal("dispatch/invalid"));
      await provesOpen(at);
    });
  });

  test("[ST-3] methods of 256 bytes, and whatever text, are methods", async () => {
    const methods = ["x".repeat(256), "\u{1f9e0}".repeat(64), " ", "a\u0000b", "__proto__", "constructor", "신경.둘"];
    for (const encoding of encodings) {
      for (const method of methods) {
        await using at = await newStream(server(), {
          from: { encoding },
          call: { method, headers: { constructor: "y" } },
        });
        expect([at.call.method, at.call.headers]).toEqual([method, { constructor: "y" }]);
      }
    }
  });

  test("[ST-3] keys that nobody knows are ignored, and not passed on", async () => {
    await using at = await newStream(server(), {
      call: { from: { app: "x", client_id: "y" }, extra: 1, delivered: true },
    });
    expect(at.call.from).toEqual({ app: at.caller.client.application, client_id: at.caller.client.id });
    expect(Object.keys(at.call).sort()).toEqual(["credit", "end", "from", "id", "method"]);
    at.caller.data({ payload: 1, extra: 1, n: 5 });
    expect(await at.callee.take("DATA")).toEqual({ id: at.callee.id, payload: 1 });
  });

  test("[C-16] a frame that cannot be decoded costs its own connection alone; the peer hears of it", async () => {
    await using at = await newStream(server());
    await using other = await newStream(server());
    at.caller.client.sendRaw("{");
    await expectAbort(at.callee, "stream/cancelled", true);
    await provesOpen(other);
  });

  test("[N-4] keys that come twice: the last one counts", async () => {
    await using at = await newStream(server());
    at.caller.client.sendRaw(`{"op":4,"t":"DATA","d":{"id":5,"id":0,"payload":1,"payload":2,"end":true,"end":false}}`);
    const { end = false, ...rest } = await at.callee.take("DATA");
    expect([rest, end]).toEqual([{ id: at.callee.id, payload: 2 }, false]);
    await provesOpen(at);
  });
});
