import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { createCrowd } from "../../src/crowd.ts";
import { eachListener } from "../../src/each-listener.ts";
import { freshName, identifiedClient, leave } from "../../src/identified.ts";
import { refusal } from "../../src/queues.ts";
import { listeners, startServer } from "../../src/start-server.ts";
import {
  member,
  publish,
  settleEvent,
  subscribe,
  takeEvent,
  takePayloads,
  topicClient,
  unsubscribe,
} from "../../src/topics.ts";

/** Texts that are neither topics nor patterns. */
const noTopics: readonly unknown[] = [
  "",
  ".",
  "a..b",
  ".a",
  "a.",
  "a b",
  " ",
  "x".repeat(257),
  "€".repeat(86),
  Array.from({ length: 33 }, () => "a").join("."),
  1,
  true,
  ["a"],
  {},
];

/** Patterns, with topics that they cover and topics that they do not. */
const patterns: readonly (readonly [pattern: string, covered: readonly string[], others: readonly string[]])[] = [
  ["a", ["a"], ["b", "A", "a.a", "aa"]],
  ["a.b", ["a.b"], ["a", "a.b.c", "a.c", "b.a"]],
  ["*", ["a", "신경"], ["a.b"]],
  ["a.*", ["a.b", "a.x"], ["a", "a.b.c", "b.b"]],
  ["*.b", ["a.b", "b.b"], ["b", "a.b.b", "a.a"]],
  ["a.*.c", ["a.b.c", "a.c.c"], ["a.c", "a.b.b.c", "a.b.c.d"]],
  ["*.*", ["a.b"], ["a", "a.b.c"]],
  [">", ["a", "a.b", "a.b.c.d"], []],
  ["a.>", ["a.b", "a.b.c"], ["a", "b.a", "b.a.b"]],
  ["*.>", ["a.b", "a.b.c"], ["a"]],
  ["a.*.>", ["a.b.c", "a.b.c.d"], ["a.b", "a"]],
  ["a*", ["a*"], ["ab", "a", "a*b"]],
  ["__proto__.constructor", ["__proto__.constructor"], ["constructor"]],
];

eachListener("subscribing", [], (server) => {
  describe.each(encodings)("in %s", (encoding) => {
    test("[TO-5] SUBSCRIBED repeats what was asked for, with the nonce, or null where there was none", async () => {
      await using client = await topicClient(server(), { encoding });
      client.send({ op: 4, t: "SUBSCRIBE", nonce: [1, "n"], d: { topics: ["a", "b.>"], group: "g" } });
      expect(await client.next()).toMatchObject({ op: 4, t: "SUBSCRIBED" });
      client.dispatch("SUBSCRIBE", {
        topics: ["c"],
        group: null,
        from: null,
        max_in_flight: null,
        ack_ms: null,
        ack: null,
      });
      const { t, d } = await client.next();
      expect([t, d]).toEqual(["SUBSCRIBED", { topics: ["c"], group: client.application, nonce: null }]);
      client.send({ op: 4, t: "SUBSCRIBE", nonce: "x", d: { topics: ["a"], group: "g" } });
      expect((await client.next()).d).toEqual({ topics: ["a"], group: "g", nonce: "x" });
    });

    test("[TO-2] UNSUBSCRIBED has the group that was named, null where none was", async () => {
      await using client = await topicClient(server(), { encoding });
      client.send({ op: 4, t: "UNSUBSCRIBE", nonce: "n", d: { topics: ["a", "never.had"], group: "g" } });
      const named = await client.next();
      expect([named.t, named.d]).toEqual(["UNSUBSCRIBED", { topics: ["a", "never.had"], group: "g", nonce: "n" }]);
      client.dispatch("UNSUBSCRIBE", { topics: ["a"] });
      expect((await client.next()).d).toEqual({ topics: ["a"], group: null, nonce: null });
    });

    test("[TO-1] what is no pattern is refused by SUBSCRIBE and UNSUBSCRIBE, with the nonce, and none of it holds", async () => {
      const [client, sender] = [await topicClient(server(), { encoding }), await topicClient(server())];
      await using crowd = createCrowd();
      crowd.add(client);
      crowd.add(sender);
      const good = freshName("good");
      for (const bad of [...noTopics, ">.a", "a.>.b", ">.>"]) {
        for (const t of ["SUBSCRIBE", "UNSUBSCRIBE"]) {
          client.send({ op: 4, t, nonce: "n", d: { topics: [good, bad], group: freshName("g") } });
          expect(await client.next()).toMatchObject(refusal("dispatch/invalid", { nonce: "n" }));
        }
      }
      expect((await publish(sender, good)).groups).toBe(0);
    });

    test("[TO-1] what is no topic, or a pattern, is refused by PUBLISH, with the nonce", async () => {
      await using sender = await topicClient(server(), { encoding });
      for (const bad of [...noTopics, "*", ">", "a.*", "a.>", "*.a"]) {
        sender.dispatch("PUBLISH", { topic: bad, payload: 1, nonce: "n" });
        expect(await sender.next()).toMatchObject(refusal("dispatch/invalid", { nonce: "n" }));
      }
    });

    test("[TO-1] no patterns, more than 100, and what is no list", async () => {
      await using client = await topicClient(server(), { encoding });
      const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `t${i}`);
      for (const topics of [[], names(101), "a", null, undefined, {}, 1]) {
        client.dispatch("SUBSCRIBE", { ...(topics !== undefined && { topics }) });
        expect(await client.next()).toMatchObject(refusal("dispatch/invalid", { extra_info: { at: "/d/topics" } }));
      }
      expect((await subscribe(client, names(100))).topics).toEqual(names(100));
    });

    test.each([
      ["group", ["", "a b", " ", "x".repeat(257), "€".repeat(86), 1, true, ["g"], {}]],
      ["from", ["first", "", 1, true, {}]],
      ["max_in_flight", [0, -1, 1.5, 10_001, "1", true, [], {}]],
      ["ack_ms", [0, 99, -1, 100.5, "100", true, [], {}]],
      ["ack", ["", "never", true, 1, {}]],
    ])("[TO-2, TO-10, TO-11] a %s that is none is refused, and nothing holds", async (field, values) => {
      await using client = await topicClient(server(), { encoding });
      const topic = freshName("topic");
      for (const value of values) {
        client.send({ op: 4, t: "SUBSCRIBE", nonce: 1, d: { topics: [topic], [field]: value } });
        expect(await client.next()).toMatchObject(
          refusal("dispatch/invalid", { nonce: 1, extra_info: { at: `/d/${field}` } }),
        );
      }
      await using sender = await topicClient(server());
      expect((await publish(sender, topic)).groups).toBe(0);
    });
  });

  test.each(patterns)("[TO-1] %s covers what it says and nothing else", async (pattern, covered, others) => {
    await using sender = await topicClient(server());
    const root = freshName("root");
    // Below a root of its own, but for the patterns that would not cover that: these have a server of their own below.
    await using client = await member(server(), `${root}.${pattern}`, { group: root });
    for (const topic of others) await publish(sender, `${root}.${topic}`, topic);
    for (const topic of covered) await publish(sender, `${root}.${topic}`, topic);
    for (const topic of covered) {
      expect(await takeEvent(client)).toMatchObject({ topic: `${root}.${topic}`, payload: topic, group: root });
    }
    await client.settle();
  });

  test("[TO-1] topics and patterns of 256 bytes and of 32 segments are some", async () => {
    await using sender = await topicClient(server());
    const segments = Array.from({ length: 32 }, (_, i) => `${freshName("s")}${i}`.slice(0, 7));
    for (const topic of [freshName("t").padEnd(256, "x"), "€".repeat(85), segments.join(".")]) {
      await using client = await member(server(), topic);
      expect((await publish(sender, topic, 1)).groups).toBeGreaterThanOrEqual(1);
      expect((await takeEvent(client)).topic).toBe(topic);
    }
  });

  test("[TO-2] groups of 256 bytes are groups, whatever their text", async () => {
    await using sender = await topicClient(server());
    for (const group of [
      "x".repeat(256),
      "\u{1f9e0}".repeat(64),
      "__proto__",
      "constructor",
      "../..",
      "$topic/x",
      "a.b",
    ]) {
      const topic = freshName("topic");
      await using client = await member(server(), topic, { group });
      await publish(sender, topic);
      const event = await takeEvent(client);
      expect(event.group).toBe(group);
      await settleEvent(client, "ACK", event);
    }
  });

  test("[TO-2] the group is the application where none is named: its clients share the messages", async () => {
    const topic = freshName("topic");
    await using crowd = createCrowd();
    const sender = crowd.add(await topicClient(server()));
    const [one, two] = [crowd.add(await member(server(), topic)), crowd.add(await topicClient(server()))];
    const twin = crowd.add(await member(server(), topic, { options: { application: one.application } }));
    await subscribe(two, topic, { group: one.application });
    expect((await publish(sender, topic, 1)).groups).toBe(1);
    const counts = [one, twin, two].map(async (client) => {
      client.send({ op: 5, d: null });
      return (await client.next()).t === "EVENT" ? 1 : 0;
    });
    expect((await Promise.all(counts)).reduce<number>((sum, count) => sum + count, 0)).toBe(1);
  });

  test("[TO-2] UNSUBSCRIBE takes patterns away in one group, or in all of the client's, and from nobody else", async () => {
    const topic = freshName("topic");
    const [g, h] = [freshName("g"), freshName("h")];
    await using crowd = createCrowd();
    const sender = crowd.add(await topicClient(server()));
    const client = crowd.add(await topicClient(server()));
    const other = crowd.add(await topicClient(server()));
    for (const group of [g, h])
      for (const one of [client, other]) await subscribe(one, topic, { group, max_in_flight: 100 });
    await unsubscribe(client, topic, { group: g });
    for (let i = 0; i < 10; i++) await publish(sender, topic, i);
    const groupsOf = async (one: typeof client): Promise<string[]> => {
      one.send({ op: 5, d: null });
      const groups: string[] = [];
      for (let frame = await one.next(); frame.op !== 6; frame = await one.next()) groups.push(frame.d.group);
      return groups;
    };
    expect((await groupsOf(client)).filter((group) => group === g)).toEqual([]);
    expect((await groupsOf(other)).filter((group) => group === g)).toHaveLength(10);
    await unsubscribe(client, topic);
    for (let i = 0; i < 10; i++) await publish(sender, topic, i);
    expect(await groupsOf(client)).toEqual([]);
    expect(await groupsOf(other)).toHaveLength(20);
  });

  test("[TO-2] subscribing again replaces what was said", async () => {
    const topic = freshName("topic");
    await using sender = await topicClient(server());
    await using client = await member(server(), topic, { max_in_flight: 1 });
    for (let i = 0; i < 5; i++) await publish(sender, topic, i);
    expect(await takePayloads(client, 1)).toEqual([0]);
    await client.settle();
    client.dispatch("SUBSCRIBE", { topics: [topic], max_in_flight: 3 });
    const frames = [await client.next(), await client.next(), await client.next()];
    expect(frames.map(({ t }) => t).sort()).toEqual(["EVENT", "EVENT", "SUBSCRIBED"]);
    await client.settle();
  });

  test("[TO-18] ready tells how long a member has to acknowledge", async () => {
    await using client = await topicClient(server());
    expect(client.ready).toMatchObject({ caps: ["receipt", "topic"], limits: { topic_ack_ms: 15_000 } });
  });

  test("without the extension its events do not exist", async () => {
    await using client = await identifiedClient(server(), { identify: { caps: ["receipt", "queue2", "stream"] } });
    for (const t of ["SUBSCRIBE", "UNSUBSCRIBE", "PUBLISH", "ACK", "NACK", "REPLY"]) {
      client.dispatch(t, { topics: ["a"], topic: "a", payload: 1, id: "x" });
      expect(await client.next()).toMatchObject(refusal("dispatch/unknown-event"));
    }
  });
});

describe.each(listeners)("limits of subscriptions (%s)", (listener) => {
  test("[TO-1] beyond its limit of patterns a client is refused, and nothing of that holds", async () => {
    await using server = await startServer({ listener, flags: ["--max-subscriptions", "3"] });
    await using client = await topicClient(server);
    await using sender = await topicClient(server);
    await subscribe(client, ["a", "b"]);
    client.send({ op: 4, t: "SUBSCRIBE", nonce: "n", d: { topics: ["c", "d"] } });
    expect(await client.next()).toMatchObject(refusal("topic/too-many", { nonce: "n" }));
    expect((await publish(sender, "c")).groups).toBe(0);
    await subscribe(client, ["a", "b"], { max_in_flight: 5 });
    await subscribe(client, "c");
    await unsubscribe(client, "a");
    await subscribe(client, "d");
    expect((await publish(sender, "d", "here")).groups).toBe(1);
    expect((await takeEvent(client)).payload).toBe("here");
    await leave(server, client);
  });
});

describe.each(listeners)("patterns that cover whatever there is (%s)", (listener) => {
  test("[TO-1] * covers topics of one segment, > all of them", async () => {
    await using server = await startServer({ listener });
    await using sender = await topicClient(server);
    await using one = await member(server, "*", { group: "one" });
    await using all = await member(server, ">", { group: "all" });
    expect((await publish(sender, "a", 1)).groups).toBe(2);
    expect((await publish(sender, "a.b", 2)).groups).toBe(1);
    expect(await takePayloads(one, 1)).toEqual([1]);
    expect(await takePayloads(all, 2)).toEqual([1, 2]);
    await one.settle();
  });
});
