import { expect, test } from "vitest";
import { createCrowd } from "../../src/crowd.ts";
import { eachListener, eachSteppedListener } from "../../src/each-listener.ts";
import { awaitDepartures, drainInbox, freshName, type IdentifiedClient, leave } from "../../src/identified.ts";
import type { Frame } from "../../src/raw-client.ts";
import {
  member,
  publish,
  settleEvent,
  subscribe,
  type TopicEvent,
  takeEvent,
  takeEvents,
  takePayloads,
  topicClient,
  unsubscribe,
} from "../../src/topics.ts";

const patient = { heartbeatIntervalMs: 1_000_000_000 };
const hourMs = 3_600_000;

/**
 * Subscribes where events wait, which may come before the answer ([TO-5]): takes that and exactly these, in order, and resolves
 * with them.
 */
async function expectBacklog(
  client: IdentifiedClient,
  topic: string,
  more: object,
  payloads: readonly unknown[],
): Promise<TopicEvent[]> {
  client.dispatch("SUBSCRIBE", { topics: [topic], max_in_flight: 10_000, ...more });
  const frames: Frame[] = [];
  while (frames.length <= payloads.length) frames.push(await client.next());
  await client.settle();
  const events: TopicEvent[] = frames.filter(({ t }) => t === "EVENT").map(({ d }) => d);
  expect(events.map(({ payload }) => payload)).toEqual(payloads);
  expect(frames.filter(({ t }) => t === "SUBSCRIBED")).toHaveLength(1);
  return events;
}

eachListener("members of groups", [], (server) => {
  test("two groups of two: each message goes to one of each; one is killed unacked: its own come once more, with attempt 2", async () => {
    const topic = freshName("topic");
    const groups = [freshName("g"), freshName("h")] as const;
    const total = 100;
    await using crowd = createCrowd();
    const sender = crowd.add(await topicClient(server()));
    const members: IdentifiedClient[] = [];
    for (const group of [groups[0], groups[0], groups[1], groups[1]]) {
      members.push(crowd.add(await member(server(), topic, { group, max_in_flight: total })));
    }
    for (let i = 0; i < total; i++) expect((await publish(sender, topic, i)).groups).toBe(2);
    const inboxes = [];
    for (const one of members) inboxes.push((await drainInbox(one)).map(({ d }) => d));
    const [a, b, c, d] = inboxes as [
      (typeof inboxes)[0],
      (typeof inboxes)[0],
      (typeof inboxes)[0],
      (typeof inboxes)[0],
    ];
    const numbers = (events: typeof a): number[] => events.map(({ payload }) => payload).sort((x, y) => x - y);
    const all = [...Array(total).keys()];
    expect(numbers([...a, ...b])).toEqual(all);
    expect(numbers([...c, ...d])).toEqual(all);
    for (const event of [...a, ...b, ...c, ...d]) expect(event.attempt).toBe(1);
    expect(a.length * b.length * c.length * d.length).toBeGreaterThan(0);

    members[0]!.socket.terminate();
    await awaitDepartures(server());
    const again = (await drainInbox(members[1]!)).map(({ d: event }) => event);
    expect(numbers(again)).toEqual(numbers(a));
    const idsOf = (events: typeof a): string[] => events.map(({ id }) => id).sort();
    expect(idsOf(again)).toEqual(idsOf(a));
    for (const event of again) expect(event.attempt).toBe(2);
    for (const one of [members[2]!, members[3]!]) expect(await drainInbox(one)).toEqual([]);
    for (const event of [...b, ...again]) await settleEvent(members[1]!, "ACK", event);
    await members[1]!.settle();
  });

  test("[TO-11] what had been acknowledged does not come again where its client is killed", async () => {
    const [topic, group] = [freshName("topic"), freshName("group")];
    await using sender = await topicClient(server());
    const first = await member(server(), topic, { group });
    for (let i = 0; i < 6; i++) await publish(sender, topic, i);
    const events = await takeEvents(first, 6);
    for (const event of events.slice(0, 4)) await settleEvent(first, "ACK", event);
    first.socket.terminate();
    await awaitDepartures(server());
    await using second = await topicClient(server());
    await expectBacklog(second, topic, { group }, [4, 5]);
  });

  test("[TO-10] a client that is restricted to nobody's tempo: a slow member holds up no other of its group", async () => {
    const [topic, group] = [freshName("topic"), freshName("group")];
    await using sender = await topicClient(server());
    await using slow = await member(server(), topic, { group, max_in_flight: 1 });
    await using quick = await member(server(), topic, { group, max_in_flight: 1 });
    const got = new Set<number>();
    for (let i = 0; i < 3; i++) await publish(sender, topic, i);
    got.add((await takeEvent(slow)).payload);
    for (let i = 3; i < 100; i++) await publish(sender, topic, i);
    while (got.size < 100) {
      const event = await takeEvent(quick);
      got.add(event.payload);
      quick.dispatch("ACK", { id: event.id });
    }
    await slow.settle();
    await quick.settle();
  });

  test("[TO-2] a client is in as many groups as it likes, and gets the message once for each", async () => {
    const topic = freshName("topic");
    await using sender = await topicClient(server());
    await using client = await topicClient(server());
    const groups = Array.from({ length: 10 }, () => freshName("g"));
    for (const group of groups) await subscribe(client, topic, { group });
    expect((await publish(sender, topic)).groups).toBe(10);
    expect((await takeEvents(client, 10)).map(({ group }) => group).sort()).toEqual(groups.sort());
  });

  test("[TO-3] what is published while nobody of the group is there waits for it", async () => {
    const [topic, group] = [freshName("topic"), freshName("group")];
    await using sender = await topicClient(server());
    await leave(server(), await member(server(), topic, { group }));
    for (let i = 0; i < 20; i++) expect((await publish(sender, topic, i)).groups).toBe(1);
    await using client = await topicClient(server());
    await expectBacklog(client, topic, { group }, [...Array(20).keys()]);
  });

  test("[TO-3] or while its members have unsubscribed; another pattern of the group gets none of it", async () => {
    const [root, group] = [freshName("root"), freshName("group")];
    await using sender = await topicClient(server());
    await using client = await member(server(), [`${root}.a`, `${root}.b`], { group });
    await unsubscribe(client, `${root}.a`, { group });
    for (let i = 0; i < 5; i++) expect((await publish(sender, `${root}.a`, i)).groups).toBe(1);
    await client.settle();
    await expectBacklog(client, `${root}.a`, { group }, [0, 1, 2, 3, 4]);
  });
});

eachSteppedListener("how long a group keeps a pattern, and a topic its messages", patient, (server) => {
  const step = (ms: number): void => server().clock.step(ms);
  const sender = (): Promise<IdentifiedClient> => topicClient(server());

  test("[TO-3] a group has its pattern until nobody of it has had it for an hour", async () => {
    const [topic, group] = [freshName("topic"), freshName("group")];
    await using from = await sender();
    await leave(server(), await member(server(), topic, { group }));
    step(hourMs - 1000);
    expect((await publish(from, topic, "in time")).groups).toBe(1);
    await using back = await topicClient(server());
    await expectBacklog(back, topic, { group, ack: "none" }, ["in time"]);
    // As long as one has it, it is there.
    step(5 * hourMs);
    expect((await publish(from, topic, "still")).groups).toBe(1);
    expect((await takeEvent(back)).payload).toBe("still");
  });

  test("[TO-3] … and then neither the pattern nor what waited for it", async () => {
    const [topic, group] = [freshName("topic"), freshName("group")];
    await using from = await sender();
    await leave(server(), await member(server(), topic, { group }));
    expect((await publish(from, topic, "too late")).groups).toBe(1);
    step(hourMs + 60_000);
    expect((await publish(from, topic, "nobody's")).groups).toBe(0);
    await using client = await topicClient(server());
    await expectBacklog(client, topic, { group }, []);
    expect((await publish(from, topic, "new")).groups).toBe(1);
    expect((await takeEvent(client)).payload).toBe("new");
  });

  test("[TO-3] what another pattern of the group covers stays", async () => {
    const [root, group] = [freshName("root"), freshName("group")];
    await using from = await sender();
    const target = { ops: [{ path: "/ready", op: "$exists", to: { value: true } }] };
    const gone = await member(server(), [`${root}.a`, `${root}.b`], { group });
    await using stays = await member(server(), `*.a`, { group });
    for (const name of ["a", "b"]) {
      for (let i = 0; i < 5; i++) await publish(from, `${root}.${name}`, `${name}${i}`, { target });
    }
    await leave(server(), gone);
    step(hourMs + 60_000);
    stays.dispatch("UPDATE_METADATA", { ready: { type: "boolean", value: true } });
    expect(await takePayloads(stays, 5)).toEqual(["a0", "a1", "a2", "a3", "a4"]);
    await stays.settle();
    const metadata = { ready: { type: "boolean", value: true } };
    await using back = await topicClient(server(), { identify: { metadata } });
    await expectBacklog(back, `${root}.b`, { group }, []);
  });

  test("[TO-4] earliest gives what is kept, in the order published, over all topics that match", async () => {
    const root = freshName("root");
    await using from = await sender();
    for (let i = 0; i < 30; i++) await publish(from, `${root}.${i % 3}`, i, { headers: { i: `${i}` } });
    await using client = await topicClient(server());
    const group = freshName("group");
    const events = await expectBacklog(client, `${root}.*`, { group, from: "earliest" }, [...Array(30).keys()]);
    expect(events[7]).toMatchObject({ topic: `${root}.1`, attempt: 1, headers: { i: "7" }, group });
  });

  test("[TO-4] latest, the default, begins with what is published from then on", async () => {
    const topic = freshName("topic");
    await using from = await sender();
    await publish(from, topic, "old");
    for (const more of [{}, { from: "latest" }]) {
      await using client = await topicClient(server());
      await expectBacklog(client, topic, { group: freshName("g"), ...more }, []);
      await publish(from, topic, "new");
      expect((await takeEvent(client)).payload).toBe("new");
    }
  });

  test("[TO-4] earliest counts where it gives the group a pattern that it did not have, and brings nothing twice", async () => {
    const [root, group] = [freshName("root"), freshName("group")];
    await using from = await sender();
    await using client = await member(server(), `${root}.a`, { group, max_in_flight: 100 });
    await publish(from, `${root}.a`, "a");
    await publish(from, `${root}.b`, "b");
    expect((await takeEvent(client)).payload).toBe("a");
    await expectBacklog(client, `${root}.a`, { group, from: "earliest" }, []);
    await expectBacklog(client, `${root}.*`, { group, from: "earliest" }, ["b"]);
    await using other = await topicClient(server());
    await expectBacklog(other, `${root}.*`, { group, from: "earliest" }, []);
  });

  test("[TO-4] of each topic the last 1,000 are kept", async () => {
    const [one, two] = [freshName("topic"), freshName("topic")];
    await using from = await sender();
    await publish(from, two, "rare");
    for (let i = 0; i < 1010; i++) from.dispatch("PUBLISH", { topic: one, payload: i });
    await publish(from, one, 1010);
    await using client = await topicClient(server());
    const last = Array.from({ length: 1000 }, (_, i) => i + 11);
    await expectBacklog(client, one, { group: freshName("g"), from: "earliest" }, last);
    await expectBacklog(client, two, { group: freshName("g"), from: "earliest" }, ["rare"]);
  });

  test("[TO-4] of the last hour", async () => {
    const topic = freshName("topic");
    await using from = await sender();
    await publish(from, topic, "first");
    step(hourMs / 2);
    await publish(from, topic, "second");
    step(hourMs / 2 - 1000);
    await using client = await topicClient(server());
    await expectBacklog(client, topic, { group: freshName("g"), from: "earliest", ack: "none" }, ["first", "second"]);
    step(60_000);
    await expectBacklog(client, topic, { group: freshName("g"), from: "earliest", ack: "none" }, ["second"]);
    step(hourMs);
    await expectBacklog(client, topic, { group: freshName("g"), from: "earliest", ack: "none" }, []);
  });

  test("[TO-4, TO-8] a target is kept with its message", async () => {
    const topic = freshName("topic");
    await using from = await sender();
    const target = { ops: [{ path: "/heat", op: "$exists", to: { value: true } }] };
    await publish(from, topic, "for the hot", { target });
    await using cold = await topicClient(server());
    const group = freshName("g");
    await expectBacklog(cold, topic, { group, from: "earliest" }, []);
    cold.dispatch("UPDATE_METADATA", { heat: { type: "integer", value: 1 } });
    expect((await takeEvent(cold)).payload).toBe("for the hot");
  });
});

eachSteppedListener("where no topic keeps anything", { ...patient, maxTopicRetained: 0 }, (server) => {
  test("[TO-4] earliest is as good as latest", async () => {
    const topic = freshName("topic");
    await using from = await topicClient(server());
    await publish(from, topic, "old");
    await using client = await topicClient(server());
    await expectBacklog(client, topic, { from: "earliest" }, []);
    await publish(from, topic, "new");
    expect((await takeEvent(client)).payload).toBe("new");
  });
});
