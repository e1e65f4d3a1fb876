import { describe, expect, test } from "vitest";
import { type Encoding, encodings } from "../../src/codecs/index.ts";
import { createCrowd } from "../../src/crowd.ts";
import { eachListener, eachSteppedListener } from "../../src/each-listener.ts";
import { freshName, type IdentifiedClient, leave } from "../../src/identified.ts";
import { refusal } from "../../src/queues.ts";
import { member, publish, subscribe, takeEvent, topicClient } from "../../src/topics.ts";

const bytes = new Uint8Array([0xff, 0x00, 0x80]);
const arrivingBytes: Readonly<Record<Encoding, unknown>> = { json: { $base64: "/wCA" }, msgpack: bytes, etf: bytes };

eachListener("answers to publications", ["--memory-topics", "memory.>"], (server) => {
  test.each([
    ["durable messages, one at a time", "durable", 1],
    ["durable messages, all at once", "durable", 300],
    ["messages in memory, one at a time", "memory", 1],
    ["messages in memory, all at once", "memory", 300],
  ] as const)(
    "[TO-14, TO-15] 300 immediate replies to %s: none lost, each behind its PUBLISHED",
    async (_name, root, atOnce) => {
      const topic = `${root}.${freshName("topic")}`;
      const total = 300;
      await using publisher = await topicClient(server());
      await using replier = await member(server(), topic, { max_in_flight: total, group: "g" });
      const replying = (async () => {
        for (let i = 0; i < total; i++) {
          const { id, payload, reply } = await takeEvent(replier);
          expect(reply).toBe(true);
          replier.dispatch("REPLY", { id, payload: { answer: payload } });
          replier.dispatch("ACK", { id });
        }
      })();
      const idOf = new Map<number, string>();
      const answered = new Set<number>();
      for (let first = 0; first < total; first += atOnce) {
        for (let i = first; i < first + atOnce; i++) {
          publisher.dispatch("PUBLISH", { topic, payload: i, nonce: i, reply: true });
        }
        while (answered.size < first + atOnce) {
          const { t, d } = await publisher.next();
          if (t === "PUBLISHED") {
            expect([d.groups, idOf.has(d.nonce)]).toEqual([1, false]);
            idOf.set(d.nonce, d.id);
          } else {
            expect(t).toBe("REPLY");
            expect(d).toEqual({ id: idOf.get(d.nonce), nonce: d.nonce, group: "g", payload: { answer: d.nonce } });
            expect(answered.has(d.nonce)).toBe(false);
            answered.add(d.nonce);
          }
        }
      }
      await replying;
      await publisher.settle();
    },
  );

  test("[TO-14] each group answers, with its name; the publisher gets them all", async () => {
    const topic = freshName("topic");
    await using crowd = createCrowd();
    const publisher = crowd.add(await topicClient(server()));
    const groups = ["g", "h", "i"].map((name) => freshName(name));
    const repliers: IdentifiedClient[] = [];
    for (const group of groups) repliers.push(crowd.add(await member(server(), topic, { group })));
    const { id } = await publish(publisher, topic, "?", { reply: true });
    for (const replier of repliers) {
      const event = await takeEvent(replier);
      expect(event.reply).toBe(true);
      replier.dispatch("REPLY", { id: event.id, payload: event.group });
      const { t, d } = await publisher.next();
      expect([t, d.id, d.group, d.payload]).toEqual(["REPLY", id, event.group, event.group]);
    }
    await publisher.settle();
  });

  test("[TO-14] an event is answered at most once, and not by a client that did not get it", async () => {
    const topic = freshName("topic");
    await using publisher = await topicClient(server());
    await using replier = await member(server(), topic);
    await using stranger = await topicClient(server());
    await publish(publisher, topic, "?", { reply: true });
    const { id } = await takeEvent(replier);
    stranger.dispatch("REPLY", { id, payload: "forged" });
    stranger.dispatch("REPLY", { id: "zzzzzzzzzzz", payload: "forged" });
    stranger.send({ op: 5, d: null });
    while ((await stranger.next()).op !== 6);
    await publisher.settle();
    replier.dispatch("REPLY", { id, payload: "first" });
    expect((await publisher.next()).d).toMatchObject({ payload: "first" });
    replier.dispatch("REPLY", { id, payload: "second" });
    replier.send({ op: 5, d: null });
    while ((await replier.next()).op !== 6);
    await publisher.settle();
  });

  test("[TO-14] a reply does not acknowledge, and an acknowledgement does not reply", async () => {
    const topic = freshName("topic");
    await using publisher = await topicClient(server());
    await using replier = await member(server(), topic, { max_in_flight: 1, group: freshName("g") });
    await publish(publisher, topic, 1, { reply: true });
    await publish(publisher, topic, 2, { reply: true });
    const first = await takeEvent(replier);
    replier.dispatch("REPLY", { id: first.id, payload: "answer" });
    expect((await publisher.next()).d.payload).toBe("answer");
    await replier.settle();
    replier.dispatch("ACK", { id: first.id });
    const second = await takeEvent(replier);
    expect(second.payload).toBe(2);
    replier.dispatch("ACK", { id: second.id });
    await replier.settle();
    await publisher.settle();
  });

  test("[TO-14] an event can be answered after it was acknowledged", async () => {
    const topic = freshName("topic");
    await using publisher = await topicClient(server());
    await using replier = await member(server(), topic);
    await publish(publisher, topic, 1, { reply: true });
    const { id } = await takeEvent(replier);
    replier.dispatch("ACK", { id });
    replier.dispatch("REPLY", { id, payload: "late" });
    expect((await publisher.next()).d.payload).toBe("late");
  });

  test("[TO-13, TO-14] members without acknowledgements answer as well", async () => {
    const topic = freshName("topic");
    await using publisher = await topicClient(server());
    await using replier = await member(server(), topic, { ack: "none" });
    await publish(publisher, topic, 1, { reply: true });
    const { id, reply } = await takeEvent(replier);
    expect(reply).toBe(true);
    replier.dispatch("REPLY", { id, payload: "fine" });
    expect((await publisher.next()).d.payload).toBe("fine");
  });

  test("[TO-14] events of publications that want none do not say reply, and answers to them are dropped", async () => {
    const topic = freshName("topic");
    await using publisher = await topicClient(server());
    await using replier = await member(server(), topic);
    await publish(publisher, topic, 1);
    const event = await takeEvent(replier);
    expect(Object.keys(event)).not.toContain("reply");
    replier.dispatch("REPLY", { id: event.id, payload: "unasked" });
    replier.send({ op: 5, d: null });
    while ((await replier.next()).op !== 6);
    await publisher.settle();
  });

  test("[TO-14] a publication that wants answers needs a nonce", async () => {
    const topic = freshName("topic");
    await using publisher = await topicClient(server());
    await using replier = await member(server(), topic);
    for (const more of [{}, { nonce: null }]) {
      publisher.dispatch("PUBLISH", { topic, payload: 1, reply: true, ...more });
      expect(await publisher.next()).toMatchObject(refusal("dispatch/invalid", { extra_info: { at: "/d/nonce" } }));
    }
    await replier.settle();
  });

  test("[TO-14] an invalid REPLY is refused, and the event can still be answered", async () => {
    const topic = freshName("topic");
    await using publisher = await topicClient(server());
    await using replier = await member(server(), topic);
    await publish(publisher, topic, 1, { reply: true });
    const { id } = await takeEvent(replier);
    for (const d of [{ id }, { payload: 1 }, { id: 5, payload: 1 }, { id: null, payload: 1 }, null, []]) {
      replier.send({ op: 4, t: "REPLY", nonce: "n", d });
      expect(await replier.next()).toMatchObject(refusal("dispatch/invalid", { nonce: "n" }));
    }
    replier.dispatch("REPLY", { id, payload: null });
    expect((await publisher.next()).d).toMatchObject({ payload: null });
  });

  describe.each(encodings)("to %s", (to) => {
    test("[TO-14] payloads and nonces arrive as they were sent, whatever the encoding that answers", async () => {
      const topic = freshName("topic");
      const nonce = { n: ["o", 1] };
      for (const from of encodings) {
        await using publisher = await topicClient(server(), { encoding: to });
        await using replier = await member(server(), topic, { options: { encoding: from } });
        publisher.dispatch("PUBLISH", { topic, payload: 1, nonce, reply: true, headers: { a: "b" } });
        expect((await publisher.next()).d).toMatchObject({ nonce });
        const { id } = await takeEvent(replier);
        const payload = from === "json" ? { text: "신경", list: [1.5, null] } : { bytes };
        replier.dispatch("REPLY", { id, payload });
        const expected = from === "json" ? payload : { bytes: arrivingBytes[to] };
        expect((await publisher.next()).d).toMatchObject({ nonce, payload: expected });
        await leave(server(), replier);
      }
    });
  });

  test("[TO-14] a message that comes again is answered by whoever has it then", async () => {
    const [topic, group] = [freshName("topic"), freshName("g")];
    await using publisher = await topicClient(server());
    const first = await member(server(), topic, { group });
    await publish(publisher, topic, 1, { reply: true });
    await takeEvent(first);
    await using second = await topicClient(server());
    await subscribe(second, topic, { group });
    first.socket.terminate();
    const again = await takeEvent(second);
    expect(again).toMatchObject({ attempt: 2, reply: true });
    second.dispatch("REPLY", { id: again.id, payload: "second" });
    expect((await publisher.next()).d).toMatchObject({ payload: "second", group });
  });

  test("[TO-15] 10,000 publications may wait for answers; one more is too many, until one is answered", async () => {
    const topic = freshName("topic");
    const most = 10_000;
    await using publisher = await topicClient(server());
    await using replier = await member(server(), topic, { max_in_flight: 1 });
    for (let i = 0; i < most; i++) publisher.dispatch("PUBLISH", { topic, payload: i, nonce: i, reply: true });
    for (let i = 0; i < most; i++) expect((await publisher.next()).t).toBe("PUBLISHED");
    publisher.dispatch("PUBLISH", { topic, payload: most, nonce: "n", reply: true });
    expect(await publisher.next()).toMatchObject(refusal("topic/too-many", { nonce: "n" }));
    await publish(publisher, topic, "without");
    const { id } = await takeEvent(replier);
    replier.dispatch("REPLY", { id, payload: 1 });
    expect((await publisher.next()).t).toBe("REPLY");
    await publish(publisher, topic, most, { reply: true });
  });
});

eachSteppedListener("how long answers are waited for", { heartbeatIntervalMs: 1_000_000_000 }, (server) => {
  test.each([
    [{}, 30_000],
    [{ deadline_ms: null }, 30_000],
    [{ deadline_ms: 500 }, 500],
    [{ deadline_ms: 120_000 }, 120_000],
  ])("[TO-14] with %j they reach the publisher for %d ms, and are dropped then", async (more, ms) => {
    const topic = freshName("topic");
    await using publisher = await topicClient(server());
    await using replier = await member(server(), topic, { ack_ms: 1_000_000 });
    await publish(publisher, topic, "in time", { reply: true, ...more });
    await publish(publisher, topic, "late", { reply: true, ...more });
    const [first, second] = [await takeEvent(replier), await takeEvent(replier)];
    server().clock.step(ms - 1);
    replier.dispatch("REPLY", { id: first.id, payload: 1 });
    expect((await publisher.next()).t).toBe("REPLY");
    server().clock.step(1 + 100);
    replier.dispatch("REPLY", { id: second.id, payload: 2 });
    replier.send({ op: 5, d: null });
    while ((await replier.next()).op !== 6);
    await publisher.settle();
  });
});
