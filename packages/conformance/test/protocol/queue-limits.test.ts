import { describe, expect, test } from "vitest";
import { codecs, type Encoding, encodings } from "../../src/codecs/index.ts";
import { createCrowd } from "../../src/crowd.ts";
import { eachListener } from "../../src/each-listener.ts";
import { everyoneIn, freshName, identifiedClient, leave } from "../../src/identified.ts";
import { capableClient, push, refusal, settleMessage, take } from "../../src/queues.ts";
import { gap, splice } from "../../src/splice.ts";

/** A refusal of a message that a queue has no room for. */
const full = (limit: string, max: number, nonce: unknown): object =>
  refusal("queue/full", { error: "queue full", extra_info: { limit, max }, nonce });

eachListener("a queue of few messages", ["--max-queue-messages", "3"], (server) => {
  test.each(encodings)("[QU-3] in %s one too many is refused until another is done with", async (encoding) => {
    const queue = freshName("queue");
    await using client = await capableClient(server(), { encoding });
    for (let i = 0; i < 3; i++) await push(client, queue, i === 2 ? { delay_ms: 60_000 } : {});
    client.dispatch("QUEUE", { queue, target: {}, payload: 1, nonce: { n: 1 } });
    expect(await client.next()).toMatchObject(full("messages", 3, { n: 1 }));
    await push(client, `${queue} two`);
    client.dispatch("QUEUE_REQUEST", { queue });
    const message = await take(client);
    client.dispatch("QUEUE", { queue, target: {}, payload: 1, nonce: "leased ones count" });
    expect(await client.next()).toMatchObject(full("messages", 3, "leased ones count"));
    await settleMessage(client, "QUEUE_NACK", message, { dead: true });
    client.dispatch("QUEUE", { queue, target: {}, payload: 1, nonce: "dead ones count" });
    expect(await client.next()).toMatchObject(full("messages", 3, "dead ones count"));
    client.dispatch("QUEUE_REQUEST", { queue });
    await settleMessage(client, "QUEUE_ACK", await take(client));
    await push(client, queue);
  });

  test("[QU-3] a push without a nonce is refused without one", async () => {
    const queue = freshName("queue");
    await using client = await identifiedClient(server());
    for (let i = 0; i < 3; i++) await push(client, queue);
    client.dispatch("QUEUE", { queue, target: {}, payload: 1 });
    expect(Object.keys((await client.next()).d).sort()).toEqual(["code", "error", "extra_info"]);
    client.dispatch("QUEUE", { queue, target: {}, payload: 1, nonce: "n".repeat(1025) });
    expect(Object.keys((await client.next()).d).sort()).toEqual(["code", "error", "extra_info"]);
  });
});

eachListener(
  "small messages",
  ["--max-queue-message-bytes", "2000", "--max-queue-bytes", "65536", "--max-disk-bytes", "1048576"],
  (server) => {
    test("[QU-3] one that is too large, or fills the queue, or the disk, is refused", async () => {
      await using client = await identifiedClient(server());
      const queue = freshName("queue");
      client.dispatch("QUEUE", { queue, target: {}, payload: "x".repeat(2000), nonce: 1 });
      expect(await client.next()).toMatchObject(full("message_bytes", 2000, 1));
      client.dispatch("QUEUE", { queue, target: everyoneIn("x".repeat(1000)), payload: "x".repeat(999), nonce: 2 });
      expect(await client.next()).toMatchObject(full("message_bytes", 2000, 2));
      const payload = "x".repeat(1900);
      let pushed = 0;
      for (let refused = false; !refused; pushed++) {
        client.dispatch("QUEUE", { queue, target: {}, payload, nonce: pushed });
        const frame = await client.next();
        refused = frame.op === 3;
        if (refused) expect(frame).toMatchObject(full("bytes", 65_536, pushed));
      }
      expect(pushed).toBeGreaterThan(30);
      for (let i = 0; ; i++) {
        client.dispatch("QUEUE", { queue: `${queue} ${Math.floor(i / 30)}`, target: {}, payload, nonce: i });
        const frame = await client.next();
        if (frame.op === 4) continue;
        expect(frame).toMatchObject(full("disk_bytes", 1_048_576, i));
        break;
      }
      await client.settle();
    });
  },
);

eachListener("few queues", ["--max-queues", "3"], (server) => {
  test("[QU-3] one too many is refused, asking for it too, until one goes", async () => {
    await using client = await capableClient(server());
    const names = ["a", "b", "c"];
    client.dispatch("QUEUE_REQUEST", { queue: "a" });
    await push(client, "b", { target: everyoneIn("nobody") });
    await push(client, "c", { target: everyoneIn(client.application) });
    for (const t of ["QUEUE", "QUEUE_REQUEST"]) {
      client.dispatch(t, { queue: "d", target: {}, payload: 1, nonce: t });
      expect(await client.next()).toMatchObject(
        refusal("queue/too-many-queues", { error: "too many queues", extra_info: { max: 3 }, nonce: t }),
      );
    }
    for (const queue of names) client.dispatch("QUEUE_REQUEST", { queue });
    const message = await take(client);
    client.dispatch("QUEUE_REQUEST_CANCEL", { queue: "c" });
    await settleMessage(client, "QUEUE_ACK", message);
    await push(client, "d", { target: everyoneIn("nobody") });
  });
});

eachListener("few queues, and a hoarder", ["--max-queues", "3"], (server) => {
  test("a client that asks for thousands of queues is refused at the bound, and leaves nothing behind", async () => {
    await using other = await capableClient(server());
    await using hoarder = await identifiedClient(server());
    for (let i = 0; i < 3000; i++) hoarder.dispatch("QUEUE_REQUEST", { queue: `hoard ${i}`, nonce: i });
    hoarder.send({ op: 5 });
    let refused = 0;
    for (let frame = await hoarder.next(); frame.op !== 6; frame = await hoarder.next()) {
      expect(frame).toMatchObject(refusal("queue/too-many-queues"));
      refused++;
    }
    expect(refused).toBe(2997);
    await leave(server(), hoarder);
    for (const queue of ["e", "f", "g"]) await push(other, queue);
  });
});

eachListener("few targets and few ids", ["--max-queue-targets", "2", "--max-queue-ids", "2"], (server) => {
  test("[QU-3] the messages of a queue have so many different targets", async () => {
    const queue = freshName("queue");
    await using client = await capableClient(server());
    for (const application of ["a", "b", "a", "b"]) await push(client, queue, { target: everyoneIn(application) });
    client.dispatch("QUEUE", { queue, target: everyoneIn("c"), payload: 1, nonce: "n" });
    expect(await client.next()).toMatchObject(
      refusal("queue/too-many-targets", {
        error: "too many targets",
        extra_info: { limit: "queue_targets", max: 2 },
        nonce: "n",
      }),
    );
    await push(client, `${queue} two`, { target: everyoneIn("c") });
  });

  test("[QU-3, QU-4] so many ids of pushes are remembered, over all queues; others are refused", async () => {
    const queue = freshName("queue");
    await using client = await capableClient(server());
    const first = await push(client, queue, { id: "1" });
    await push(client, `${queue} two`, { id: "2" });
    client.dispatch("QUEUE", { queue, target: {}, payload: 1, id: "3", nonce: "n" });
    expect(await client.next()).toMatchObject(
      refusal("queue/too-many-ids", {
        error: "too many ids",
        extra_info: { max: 2 },
        nonce: "n",
      }),
    );
    expect(await push(client, queue, { id: "1" })).toBe(first);
    await push(client, queue);
  });
});

/** `levels` lists in each other, the innermost empty. */
function nested(encoding: Encoding, levels: number): string {
  if (encoding === "json") return "[".repeat(levels) + "]".repeat(levels);
  if (encoding === "msgpack") return `${"91".repeat(levels - 1)}90`;
  return `${"6c00000001".repeat(levels - 1)}6a${"6a".repeat(levels - 1)}`;
}

eachListener("large and deep messages", [], (server) => {
  describe.each(encodings)("in %s", (encoding) => {
    test("a push in a frame of 1 MiB is taken, and delivered in one that is a little larger", async () => {
      const queue = freshName("queue");
      await using client = await identifiedClient(server(), { encoding });
      const encode = (payload: string) =>
        codecs[encoding].encode({ op: 4, t: "QUEUE", d: { queue, target: {}, payload } });
      const spare = Buffer.byteLength(encode("x".repeat(70_000))) - 70_000;
      const payload = "x".repeat(1_048_576 - spare);
      client.sendRaw(encode(payload));
      expect(await client.next()).toMatchObject({ t: "QUEUE_CONFIRM" });
      client.dispatch("QUEUE_REQUEST", { queue });
      const { bytes, frame } = await client.nextReceived();
      expect(frame.d.payload.payload).toBe(payload);
      expect(bytes.byteLength).toBeGreaterThan(1_048_576);
    });

    test("a push of 128 levels is taken, and delivered one level deeper, whatever the receiver's encoding", async () => {
      await using sender = await identifiedClient(server(), { encoding });
      for (const received of encodings) {
        const queue = freshName("queue");
        await using receiver = await identifiedClient(server(), { encoding: received });
        const frame = { op: 4, t: "QUEUE", d: { queue, target: {}, payload: gap } };
        sender.sendRaw(splice(encoding, frame, nested(encoding, 126)));
        expect(await sender.next()).toMatchObject({ t: "QUEUE_CONFIRM" });
        receiver.dispatch("QUEUE_REQUEST", { queue });
        const { d } = await receiver.next();
        let levels = 0;
        for (let value = d.payload.payload; value !== undefined; value = value[0]) levels++;
        // The frame, its d and the message in it are the three around it.
        expect(levels + 3).toBe(129);
      }
    });
  });

  test("many consumers of many large messages hold up nobody", async () => {
    const queue = freshName("queue");
    await using sender = await identifiedClient(server());
    await using crowd = createCrowd();
    for (let i = 0; i < 4; i++) {
      const client = crowd.add(await identifiedClient(server()));
      client.dispatch("QUEUE_REQUEST", { queue, count: 2 });
      await client.settle();
    }
    for (let i = 0; i < 8; i++) await push(sender, queue, { payload: "x".repeat(500_000) });
    await sender.settle();
  });
});
