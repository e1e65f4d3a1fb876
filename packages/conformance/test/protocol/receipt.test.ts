import { describe, expect, test } from "vitest";
import { type Encoding, encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { everyoneIn, freshName, type IdentifyOptions, identifiedClient } from "../../src/identified.ts";
import type { RunningServer } from "../../src/start-server.ts";

const caps = ["receipt"];
const nobody = { application: "nobody", ops: [] };

/** A client with the capability. */
function capable(server: RunningServer, encoding: Encoding, options: IdentifyOptions = {}) {
  return identifiedClient(server, { ...options, encoding, identify: { ...options.identify, caps } });
}

eachListener("receipts", ["--auth", "s3cret"], (server) => {
  const trusted = { identify: { auth: "s3cret" } };

  describe.each(encodings)("in %s", (encoding) => {
    test("[X-2] ready names the capability to a client that asked for it, and none that the server has not", async () => {
      const identify = { auth: "s3cret", caps: ["zzz", "receipt", "nope"] };
      await using client = await identifiedClient(server(), { encoding, identify });
      expect(client.ready).toMatchObject({ caps, node: expect.any(String) });
    });

    test("[R-1] SEND is answered with DISPATCHED and 1, after the message has been handed over", async () => {
      await using sender = await capable(server(), encoding, trusted);
      for (const nonce of ["n", 7, [1, "a"], { deep: { nonce: true } }, false]) {
        sender.dispatch("SEND", { target: everyoneIn(sender.application), nonce, payload: 1, receipt: true });
        expect(await sender.next()).toMatchObject({ op: 4, t: "SEND", d: { nonce, payload: 1 } });
        expect(await sender.next()).toMatchObject({ op: 4, t: "DISPATCHED", d: { nonce, count: 1 } });
      }
    });

    test("[R-1] BROADCAST is answered with how many clients it was handed to", async () => {
      const application = freshName("crowd");
      await using one = await identifiedClient(server(), { application, ...trusted });
      await using two = await identifiedClient(server(), { application, encoding, ...trusted });
      await using sender = await capable(server(), encoding, trusted);
      sender.dispatch("BROADCAST", { target: everyoneIn(application), nonce: "n", payload: 1, receipt: true });
      const answer = await sender.next();
      expect(answer).toMatchObject({ op: 4, t: "DISPATCHED" });
      expect(answer.d).toEqual({ nonce: "n", count: 2 });
      for (const client of [one, two]) expect((await client.next()).d.payload).toBe(1);
    });

    test("[R-8] a nonce too long to be repeated is delivered, but neither receipted nor sent back", async () => {
      await using sender = await capable(server(), encoding, trusted);
      const nonce = "n".repeat(1025);
      sender.dispatch("SEND", { target: everyoneIn(sender.application), nonce, payload: 1, receipt: true });
      expect(await sender.next()).toMatchObject({
        op: 3,
        d: { code: "dispatch/invalid", extra_info: { at: "/d/nonce" } },
      });
      sender.dispatch("SEND", { target: everyoneIn(sender.application), nonce, payload: 1 });
      expect(await sender.next()).toMatchObject({ op: 4, t: "SEND", d: { nonce } });
      sender.dispatch("SEND", { target: nobody, nonce, payload: 1 });
      const refusal = await sender.next();
      expect(refusal).toMatchObject({ op: 3, d: { code: "route/no-match" } });
      expect(refusal.d).not.toHaveProperty("nonce");
    });

    test.each(["SEND", "BROADCAST"])("[R-2] a droppable %s that nobody gets is answered with 0", async (t) => {
      await using sender = await capable(server(), encoding, trusted);
      sender.dispatch(t, { target: { ...nobody, droppable: true }, nonce: "n", payload: 1, receipt: true });
      expect((await sender.next()).d).toEqual({ nonce: "n", count: 0 });
    });

    test.each(["SEND", "BROADCAST"])("[R-2] a %s that nobody gets is op 3 and has no receipt", async (t) => {
      await using sender = await capable(server(), encoding, trusted);
      sender.dispatch(t, { target: nobody, nonce: "n", payload: 1, receipt: true });
      expect(await sender.next()).toMatchObject({ op: 3, d: { code: "route/no-match", nonce: "n" } });
      await sender.settle();
    });

    test.each([
      ["no nonce", { receipt: true }, "/d/nonce"],
      ["a nonce of null", { receipt: true, nonce: null }, "/d/nonce"],
      ["text for true", { receipt: "true", nonce: "n" }, "/d/receipt"],
      ["a number for true", { receipt: 1, nonce: "n" }, "/d/receipt"],
    ])("[R-3] a receipt asked for with %s is a mistake, and nobody gets the message", async (_name, more, at) => {
      await using sender = await capable(server(), encoding, trusted);
      sender.dispatch("SEND", { target: everyoneIn(sender.application), payload: 1, ...more });
      const answer = await sender.next();
      expect(answer).toMatchObject({ op: 3, d: { code: "dispatch/invalid", extra_info: { at } } });
      await sender.settle();
    });

    test.each([false, null, undefined])("[R-3] receipt: %s asks for none", async (receipt) => {
      await using sender = await capable(server(), encoding, trusted);
      sender.dispatch("SEND", { target: everyoneIn(sender.application), nonce: "n", payload: 1, receipt });
      expect(await sender.next()).toMatchObject({ op: 4, t: "SEND" });
      await sender.settle();
    });

    test("[R-4] UPDATE_METADATA with a nonce beside t is answered once it is in force", async () => {
      await using client = await capable(server(), encoding, trusted);
      client.send({ op: 4, t: "UPDATE_METADATA", nonce: "n", d: { nonce: { type: "string", value: "a key" } } });
      expect(await client.next()).toMatchObject({ op: 4, t: "METADATA_UPDATED", d: { nonce: "n" } });
      client.send({ op: 4, t: "UPDATE_METADATA", nonce: null, d: {} });
      client.send({ op: 4, t: "UPDATE_METADATA", d: {} });
      await client.settle();
    });

    test("[R-5] QUERY_NODES with a nonce beside t has it in its answer", async () => {
      await using client = await capable(server(), encoding, trusted);
      client.send({ op: 4, t: "QUERY_NODES", nonce: { a: [1] }, d: nobody });
      expect((await client.next()).d).toEqual({ nodes: [], nonce: { a: [1] } });
      client.send({ op: 4, t: "QUERY_NODES", d: nobody });
      expect((await client.next()).d).toEqual({ nodes: [] });
    });

    test.each([
      ["UPDATE_METADATA", { nonce: 1 }, "metadata/invalid", "outer"],
      ["QUERY_NODES", { nonce: 1, ops: 1 }, "query/invalid", "outer"],
      ["SEND", { target: nobody, payload: 1 }, "route/no-match", "outer"],
      ["SEND", { target: nobody, payload: 1, nonce: "inner" }, "route/no-match", "inner"],
      ["SEND", { payload: 1, nonce: null }, "dispatch/invalid", null],
      ["NOPE", { nonce: "inner" }, "dispatch/unknown-event", "inner"],
      ["NOPE", {}, "dispatch/unknown-event", "outer"],
    ])("[R-6] op 3 carries the nonce beside t, but for a message's own: %s %j", async (t, d, code, nonce) => {
      await using client = await capable(server(), encoding, trusted);
      client.send({ op: 4, t, nonce: "outer", d });
      expect(await client.next()).toMatchObject({ op: 3, d: { code, nonce } });
    });

    test("[R-7] to a client without the capability none of it means anything", async () => {
      await using client = await identifiedClient(server(), { encoding, ...trusted });
      const target = everyoneIn(client.application);
      for (const receipt of [true, 1]) {
        client.send({ op: 4, t: "SEND", nonce: "outer", d: { target, payload: 1, receipt } });
        expect((await client.next()).d).toEqual({ nonce: null, payload: 1, target: null });
      }
      client.send({ op: 4, t: "UPDATE_METADATA", nonce: "outer", d: {} });
      client.send({ op: 4, t: "QUERY_NODES", nonce: "outer", d: nobody });
      expect((await client.next()).d).toEqual({ nodes: [] });
      client.send({ op: 4, t: "SEND", nonce: "outer", d: { target: nobody, payload: 1 } });
      expect(Object.keys((await client.next()).d).sort()).toEqual(["code", "error", "extra_info"]);
      await client.settle();
    });
  });

  test.each(["json", "msgpack"] as const)("[R-4, R-6] restricted clients are answered too, in %s", async (encoding) => {
    await using client = await capable(server(), encoding);
    expect(client.ready.restricted).toBe(true);
    client.send({ op: 4, t: "UPDATE_METADATA", nonce: 1, d: {} });
    expect(await client.next()).toMatchObject({ op: 4, t: "METADATA_UPDATED", d: { nonce: 1 } });
    client.send({ op: 4, t: "QUERY_NODES", nonce: 2, d: {} });
    expect(await client.next()).toMatchObject({ op: 3, d: { code: "dispatch/restricted", nonce: 2 } });
  });

  test("[D-6] headers reach a client with the capability", async () => {
    await using client = await capable(server(), "json", trusted);
    const headers = { trace: "x" };
    client.dispatch("SEND", { target: everyoneIn(client.application), payload: 1, headers });
    expect((await client.next()).d).toEqual({ nonce: null, payload: 1, target: null, headers });
  });

  test("[R-1] a nonce comes back digit for digit", async () => {
    await using client = await capable(server(), "json", trusted);
    const nonce = 9007199254740993n;
    client.send({ op: 4, t: "QUERY_NODES", nonce, d: nobody });
    expect((await client.next()).d).toEqual({ nodes: [], nonce });
    client.dispatch("SEND", { target: { ...nobody, droppable: true }, payload: 1, receipt: true, nonce });
    expect((await client.next()).d).toEqual({ nonce, count: 0 });
  });
});
