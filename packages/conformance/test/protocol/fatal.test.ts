import { expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { everyoneIn, failure, identifiedClient, identifyFrame } from "../../src/identified.ts";

eachListener("fatal mistakes after ready", [], (server) => {
  test.concurrent.each([
    ["an op that does not exist", { op: 99, d: {} }, "frame/unknown-op", "invalid client op nil"],
    ["a negative op", { op: -1 }, "frame/unknown-op", "invalid client op nil"],
    ["an op that is text", { op: "5" }, "frame/unknown-op", "invalid client op nil"],
    ["no op", { d: {} }, "frame/unknown-op", "invalid client op nil"],
    ["hello", { op: 0, d: {} }, "frame/receive-only-op", "invalid client op :hello"],
    ["ready", { op: 2, d: {} }, "frame/receive-only-op", "invalid client op :ready"],
    ["invalid", { op: 3, d: {} }, "frame/receive-only-op", "invalid client op :invalid"],
    ["heartbeat_ack", { op: 6, d: {} }, "frame/receive-only-op", "invalid client op :heartbeat_ack"],
    ["goodbye", { op: 7, d: {} }, "frame/receive-only-op", "invalid client op :goodbye"],
    ["error", { op: 8, d: {} }, "frame/receive-only-op", "invalid client op :error"],
    ["a list", [], "frame/not-a-map", "decode: payload: unrecoverable"],
    ["text", "hello", "frame/not-a-map", "decode: payload: unrecoverable"],
    ["null", null, "frame/not-a-map", "decode: payload: unrecoverable"],
    ["a number", 5, "frame/not-a-map", "decode: payload: unrecoverable"],
    ["a second identify", identifyFrame("a", "b"), "identify/repeated", "already identified"],
  ])("%s is op 8 and a close with 1000, in every encoding", async (_name, frame, code, error) => {
    const clients = await Promise.all(encodings.map((encoding) => identifiedClient(server(), { encoding })));
    for (const client of clients) client.send(frame);
    for (const client of clients) {
      const failed = await failure(client);
      expect(failed.frame).toMatchObject({ op: 8, t: null, d: { code, error } });
      expect(Object.keys(failed.frame.d).sort()).toEqual(["code", "error", "extra_info"]);
      expect(failed.code).toBe(1000);
    }
  });

  test.concurrent.each([
    ["json", '{"op":5'],
    ["json", '{"op":5}{"op":5}'],
    ["json", ""],
    ["msgpack", Buffer.from([0x81, 0xa2, 0x6f])],
    ["msgpack", Buffer.from([0x81, 0xa2, 0x6f, 0x70, 0xc1])],
    ["msgpack", Buffer.alloc(0)],
    ["etf", Buffer.from([131, 116, 0, 0, 0, 1])],
    ["etf", Buffer.from([130, 106])],
    ["etf", Buffer.alloc(0)],
  ] as const)("%s that cannot be decoded is op 8 and a close with 1000: %j", async (encoding, data) => {
    await using client = await identifiedClient(server(), { encoding });
    client.sendRaw(data);
    const { frame, code } = await failure(client);
    expect(frame).toMatchObject({ op: 8, d: { code: "frame/malformed", error: expect.any(String) } });
    expect(code).toBe(1000);
  });

  test.concurrent("frames behind a fatal one are not handled", async () => {
    await using watcher = await identifiedClient(server());
    await using client = await identifiedClient(server());
    client.send({ op: 99 });
    client.dispatch("SEND", { target: everyoneIn(watcher.application), payload: "late" });
    client.send({ op: 5 });
    expect((await failure(client)).frame.op).toBe(8);
    await watcher.settle();
  });
});
