import { describe, expect, test } from "vitest";
import { type Encoding, encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { startHeldServer } from "../../src/held-server.ts";
import { everyoneIn, freshName } from "../../src/identified.ts";
import { numbers } from "../../src/numbers.ts";
import { refusal } from "../../src/queues.ts";
import { gap, type Spelling, splice } from "../../src/splice.ts";
import { listeners, startServer } from "../../src/start-server.ts";
import { member, publish, settleEvent, subscribe, takeEvent, takePayloads, topicClient } from "../../src/topics.ts";

const bytes = new Uint8Array([0xff, 0x00, 0x80]);
const arrivingBytes: Readonly<Record<Encoding, unknown>> = { json: { $base64: "/wCA" }, msgpack: bytes, etf: bytes };

eachListener("publishing", [], (server) => {
  describe.each(encodings)("from %s", (from) => {
    test("[TO-6] PUBLISHED has the nonce as it was sent, an id, and how many groups there are", async () => {
      const topic = freshName("topic");
      await using sender = await topicClient(server(), { encoding: from });
      sender.dispatch("PUBLISH", { topic, payload: 1, nonce: [1, { n: "o" }] });
      const { t, d } = await sender.next();
      expect(t).toBe("PUBLISHED");
      expect(d).toEqual({ nonce: [1, { n: "o" }], id: expect.any(String), groups: 0 });
      await using one = await member(server(), topic);
      await using two = await member(server(), topic);
      const ids = [d.id];
      for (let i = 0; i < 20; i++) {
        const { id, groups } = await publish(sender, topic, i);
        expect(groups).toBe(2);
        ids.push(id);
      }
      expect(new Set(ids).size).toBe(21);
      for (const client of [one, two]) expect(await takePayloads(client, 16)).toEqual([...Array(16).keys()]);
    });

    test.each(encodings)("[TO-10] payload and headers arrive as they were sent, to %s", async (to) => {
      const topic = freshName("topic");
      const value = { text: "신경 \u0000 \u{1f9e0}", list: [1, -2.5, null, true, [], {}], map: { "": { id: 1 } } };
      const headers = { trace: "x", "": "신경" };
      await using sender = await topicClient(server(), { encoding: from });
      await using client = await member(server(), topic, { options: { encoding: to }, group: "all" });
      await publish(sender, topic, value, { headers });
      const event = await takeEvent(client);
      expect(event).toEqual({ id: event.id, topic, group: "all", attempt: 1, headers, payload: value });
      expect(typeof event.id).toBe("string");
      await publish(sender, topic, null, { headers: null, target: null, reply: false, deadline_ms: null });
      const bare = await takeEvent(client);
      expect(bare).toEqual({ id: bare.id, topic, group: "all", attempt: 1, payload: null });
    });

    const sendable: [string, Spelling][] = Object.entries(numbers).filter(
      ([, spelling]) => from !== "msgpack" || !("sendsMsgpack" in spelling),
    );

    test.each(sendable)("[TO-10] %s arrives digit for digit, in every encoding", async (_name, spelling) => {
      const topic = freshName("topic");
      await using sender = await topicClient(server(), { encoding: from });
      for (const to of encodings) {
        await using client = await member(server(), topic, { options: { encoding: to } });
        sender.sendRaw(splice(from, { op: 4, t: "PUBLISH", d: { topic, payload: { here: gap } } }, spelling[from]));
        const { frame, bytes: got } = await client.nextReceived();
        expect(frame.t).toBe("EVENT");
        expect(got.includes(entry(to, spelling[to])), got.toString("latin1")).toBe(true);
        await settleEvent(client, "ACK", frame.d);
      }
    });

    test("[TO-7] what is no publication is refused with its nonce, and reaches nobody", async () => {
      const topic = freshName("topic");
      await using sender = await topicClient(server(), { encoding: from });
      await using client = await member(server(), topic);
      const wrong: [object, string][] = [
        [{ topic: "" }, "/d/topic"],
        [{ topic: "a..b" }, "/d/topic"],
        [{ topic: "a b" }, "/d/topic"],
        [{ topic: "x".repeat(257) }, "/d/topic"],
        [{ topic: null }, "/d/topic"],
        [{ topic: 1 }, "/d/topic"],
        [{ payload: undefined }, "/d/payload"],
        [{ headers: { a: 1 } }, "/d/headers"],
        [{ headers: "a" }, "/d/headers"],
        [{ reply: "yes" }, "/d/reply"],
        [{ reply: 1 }, "/d/reply"],
        [{ reply: true, deadline_ms: 0 }, "/d/deadline_ms"],
        [{ reply: true, deadline_ms: 1.5 }, "/d/deadline_ms"],
        [{ reply: true, deadline_ms: "1" }, "/d/deadline_ms"],
      ];
      for (const [more, at] of wrong) {
        sender.dispatch("PUBLISH", { topic, payload: 1, nonce: "n", ...more });
        const answer = refusal("dispatch/invalid", { nonce: "n", extra_info: { at } });
        expect(await sender.next()).toMatchObject(answer);
      }
      for (const target of [1, "x", [], { ops: [{}] }, { application: 1 }]) {
        sender.dispatch("PUBLISH", { topic, payload: 1, nonce: [2], target });
        expect(await sender.next()).toMatchObject(refusal("query/invalid", { nonce: [2] }));
      }
      sender.dispatch("PUBLISH", { topic: "", payload: 1 });
      expect(await sender.next()).toMatchObject(refusal("dispatch/invalid"));
      await sender.settle();
      await client.settle();
    });
  });

  test.each(["msgpack", "etf"] as const)("[TO-10] bytes from %s reach every encoding", async (encoding) => {
    const topic = freshName("topic");
    await using sender = await topicClient(server(), { encoding });
    for (const to of encodings) {
      await using client = await member(server(), topic, { options: { encoding: to } });
      await publish(sender, topic, { bytes });
      expect((await takeEvent(client)).payload).toEqual({ bytes: arrivingBytes[to] });
    }
  });

  test("[TO-6] without a nonce nothing is answered", async () => {
    const topic = freshName("topic");
    await using sender = await topicClient(server());
    await using client = await member(server(), topic);
    for (let i = 0; i < 16; i++) sender.dispatch("PUBLISH", { topic, payload: i });
    expect(await takePayloads(client, 16)).toEqual([...Array(16).keys()]);
    await sender.settle();
  });

  test("[TO-6] messages of one publisher are stored, and answered, in the order sent", async () => {
    const root = freshName("root");
    await using sender = await topicClient(server());
    await using client = await member(server(), `${root}.>`, { max_in_flight: 1000 });
    for (let i = 0; i < 500; i++) sender.dispatch("PUBLISH", { topic: `${root}.${i % 7}`, payload: i, nonce: i });
    for (let i = 0; i < 500; i++)
      expect(await sender.next()).toMatchObject({ t: "PUBLISHED", d: { nonce: i, groups: 1 } });
    expect(await takePayloads(client, 500)).toEqual([...Array(500).keys()]);
  });

  test("[TO-8] a member that the target does not keep gets nothing; where it keeps nobody the message waits", async () => {
    const topic = freshName("topic");
    const heat = (value: number) => ({ heat: { type: "integer", value } });
    await using sender = await topicClient(server());
    const hot = { ops: [{ path: "/heat", op: "$gte", to: { value: 5 } }], droppable: true };
    await using cold = await member(server(), topic, { group: "g", options: { identify: { metadata: heat(1) } } });
    expect((await publish(sender, topic, "for the hot", { target: hot })).groups).toBe(1);
    await publish(sender, topic, "for all");
    expect(await takePayloads(cold, 1)).toEqual(["for all"]);
    await cold.settle();
    await using warm = await member(server(), topic, { group: "other", options: { identify: { metadata: heat(9) } } });
    await warm.settle();
    cold.dispatch("UPDATE_METADATA", heat(5));
    expect(await takePayloads(cold, 1)).toEqual(["for the hot"]);
    await publish(sender, topic, "in app", { target: everyoneIn(warm.application) });
    expect(await takePayloads(warm, 1)).toEqual(["in app"]);
    await cold.settle();
  });

  test("[TO-6] a publisher that is a member gets its own", async () => {
    const topic = freshName("topic");
    await using client = await member(server(), topic);
    client.dispatch("PUBLISH", { topic, payload: "mine", nonce: 1 });
    const frames = [await client.next(), await client.next()];
    expect(frames.map(({ t }) => t).sort()).toEqual(["EVENT", "PUBLISHED"]);
  });
});

describe.each(listeners)("what cannot be stored (%s)", (listener) => {
  test("[TO-6, TO-7] a group whose queue is full: none of the groups gets it, and the refusal names it", async () => {
    await using server = await startServer({ listener, flags: ["--max-queue-messages", "2"] });
    await using sender = await topicClient(server);
    await using full = await member(server, "t", { group: "full" });
    await publish(sender, "t", 1);
    await publish(sender, "t", 2);
    expect(await takePayloads(full, 2)).toEqual([1, 2]);
    await using roomy = await member(server, "t", { group: "roomy" });
    for (const _ of [1, 2]) {
      sender.dispatch("PUBLISH", { topic: "t", payload: "none", nonce: "n" });
      expect(await sender.next()).toMatchObject(
        refusal("queue/full", { nonce: "n", extra_info: { limit: "messages", group: "full" } }),
      );
    }
    sender.dispatch("PUBLISH", { topic: "t", payload: "none" });
    expect(await sender.next()).toMatchObject(refusal("queue/full"));
    await roomy.settle();
    await publish(sender, "other", "goes");
  });

  test("[TO-6] a message is neither answered for nor given out before it is on disk", async () => {
    await using server = await startHeldServer(listener);
    await using client = await member(server, "t");
    await using other = await member(server, "t");
    await using sender = await topicClient(server);
    server.store.hold();
    sender.dispatch("PUBLISH", { topic: "t", payload: 1, nonce: "n" });
    await server.store.waiting();
    await sender.settle();
    await client.settle();
    await other.settle();
    server.store.release();
    expect(await sender.next()).toMatchObject({ t: "PUBLISHED", d: { nonce: "n", groups: 2 } });
    for (const one of [client, other]) expect((await takeEvent(one)).payload).toBe(1);
  });

  test("[TO-7] where the disk fails it is refused for all groups, and can be published later", async () => {
    await using server = await startHeldServer(listener);
    await using client = await member(server, "t");
    await using other = await member(server, "t");
    await using sender = await topicClient(server);
    server.store.fail(new Error("the disk is on fire"));
    sender.dispatch("PUBLISH", { topic: "t", payload: 1, nonce: "n" });
    expect(await sender.next()).toMatchObject(refusal("queue/unavailable", { nonce: "n" }));
    server.store.fail(null);
    server.clock.advance(1000);
    await publish(sender, "t", 2);
    for (const one of [client, other]) expect((await takeEvent(one)).payload).toBe(2);
  });

  test("[TO-5] SUBSCRIBED does not come before it holds over a crash", async () => {
    await using server = await startHeldServer(listener);
    await using client = await topicClient(server);
    server.store.hold();
    client.send({ op: 4, t: "SUBSCRIBE", nonce: 1, d: { topics: ["new"] } });
    await server.store.waiting();
    await client.settle();
    server.store.release();
    expect(await client.next()).toMatchObject({ t: "SUBSCRIBED", d: { nonce: 1 } });
    await subscribe(client, "another");
  });

  test("[TO-12] an acknowledgement with a nonce is answered once it is on disk", async () => {
    await using server = await startHeldServer(listener);
    await using client = await member(server, "t");
    await using sender = await topicClient(server);
    await publish(sender, "t");
    const { id, group } = await takeEvent(client);
    server.store.hold();
    client.send({ op: 4, t: "ACK", nonce: 5, d: { id } });
    await server.store.waiting();
    await client.settle();
    server.store.release();
    expect((await client.next()).d).toEqual({ queue: `$topic/${group}`, id, nonce: 5 });
  });
});

/** An entry of a map, with the key `here`. */
function entry(encoding: Encoding, spelling: string): Buffer {
  if (encoding === "json") return Buffer.from(`"here":${spelling}`);
  const key = { msgpack: "a4", etf: "6d 00000004" }[encoding];
  return Buffer.from(`${key} ${Buffer.from("here").toString("hex")} ${spelling}`.replaceAll(" ", ""), "hex");
}
