import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { createCrowd } from "../../src/crowd.ts";
import { eachSteppedListener } from "../../src/each-listener.ts";
import { ask } from "../../src/http.ts";
import { awaitDepartures, drainInbox, freshName, type IdentifiedClient } from "../../src/identified.ts";
import { refusal } from "../../src/queues.ts";
import {
  firstInFlight,
  member,
  publish,
  queuePath,
  settleEvent,
  subscribe,
  takeEvent,
  takeEvents,
  takePayloads,
  topicClient,
} from "../../src/topics.ts";

/** No heartbeat is missed here. */
const patient = { heartbeatIntervalMs: 1_000_000_000 };
/** [TO-11] */
const ackMs = 15_000;

eachSteppedListener("events", patient, (server) => {
  const step = (ms: number): void => server().clock.step(ms);
  const sender = (): Promise<IdentifiedClient> => topicClient(server());

  describe.each(encodings)("in %s", (encoding) => {
    test("[TO-11, TO-12] an event that is not acknowledged in time comes again at once, by the same id", async () => {
      const topic = freshName("topic");
      await using from = await sender();
      await using client = await member(server(), topic, { options: { encoding }, max_in_flight: 1 });
      await publish(from, topic, "p", { headers: { h: "v" } });
      const first = await takeEvent(client);
      expect(first).toMatchObject({ topic, attempt: 1, payload: "p", headers: { h: "v" } });
      step(ackMs - 1);
      await client.settle();
      step(1);
      expect(await takeEvent(client)).toEqual({ ...first, attempt: 2 });
      step(ackMs);
      const third = await takeEvent(client);
      expect(third).toEqual({ ...first, attempt: 3 });
      await settleEvent(client, "ACK", third);
      step(10 * ackMs);
      await client.settle();
    });

    test("[TO-11] NACK gives it back at once, or after as long as it says", async () => {
      const topic = freshName("topic");
      await using from = await sender();
      await using client = await member(server(), topic, { options: { encoding } });
      await publish(from, topic, "p");
      let event = await takeEvent(client);
      for (const more of [{}, { delay_ms: 0 }, { delay_ms: null }]) {
        client.dispatch("NACK", { id: event.id, ...more });
        const next = await takeEvent(client);
        expect(next).toEqual({ ...event, attempt: event.attempt + 1 });
        event = next;
      }
      await settleEvent(client, "NACK", event, { delay_ms: 700 });
      step(699);
      await client.settle();
      step(1);
      expect(await takeEvent(client)).toMatchObject({ id: event.id, attempt: 5 });
    });

    test("[TO-12] what is not held by the client is refused: unknown, somebody else's, done with, or no id at all", async () => {
      const topic = freshName("topic");
      await using from = await sender();
      await using client = await member(server(), topic, { options: { encoding } });
      await using stranger = await topicClient(server(), { encoding });
      await publish(from, topic);
      const event = await takeEvent(client);
      for (const t of ["ACK", "NACK"]) {
        for (const id of [event.id, "zzzzzzzzzzz", "-1", "x".repeat(256), "__proto__"]) {
          stranger.send({ op: 4, t, nonce: 1, d: { id } });
          expect(await stranger.next()).toMatchObject(refusal("queue/not-leased", { nonce: 1 }));
        }
        for (const id of [null, 1, true, [], {}]) {
          stranger.send({ op: 4, t, nonce: 2, d: { id } });
          expect(await stranger.next()).toMatchObject(
            refusal("dispatch/invalid", { nonce: 2, extra_info: { at: "/d/id" } }),
          );
        }
      }
      for (const delay_ms of [-1, 1.5, "1", true]) {
        client.dispatch("NACK", { id: event.id, delay_ms });
        expect(await client.next()).toMatchObject(refusal("dispatch/invalid", { extra_info: { at: "/d/delay_ms" } }));
      }
      await settleEvent(client, "ACK", event);
      client.dispatch("ACK", { id: event.id });
      expect(await client.next()).toMatchObject(refusal("queue/not-leased"));
    });

    test("[TO-13] with ack: none everything comes at once, once, and cannot be acknowledged", async () => {
      const topic = freshName("topic");
      await using from = await sender();
      await using client = await member(server(), topic, {
        options: { encoding },
        ack: "none",
        max_in_flight: 1,
        ack_ms: 100,
      });
      for (let i = 0; i < 100; i++) await publish(from, topic, i);
      const events = await takeEvents(client, 100);
      expect(events.map(({ payload, attempt }) => [payload, attempt])).toEqual(
        [...Array(100).keys()].map((i) => [i, 1]),
      );
      for (const t of ["ACK", "NACK"]) {
        client.dispatch(t, { id: events[0]!.id });
        expect(await client.next()).toMatchObject(refusal("queue/not-leased"));
      }
      step(10 * ackMs);
      await client.settle();
    });
  });

  test("[TO-13] … and nothing of it comes again where its client goes", async () => {
    const [topic, group] = [freshName("topic"), freshName("group")];
    await using from = await sender();
    const first = await member(server(), topic, { group, ack: "none" });
    for (let i = 0; i < 5; i++) await publish(from, topic, i);
    expect(await takePayloads(first, 5)).toEqual([0, 1, 2, 3, 4]);
    first.socket.terminate();
    await awaitDepartures(server());
    await using second = await member(server(), topic, { group, ack: "none" });
    await publish(from, topic, 5);
    expect(await takePayloads(second, 1)).toEqual([5]);
    step(10 * ackMs);
    await second.settle();
  });

  test("[TO-10] a member gets 16 that it has not settled, or as many as it says, and the next when it has settled one", async () => {
    await using from = await sender();
    for (const more of [{}, { max_in_flight: 1 }, { max_in_flight: 40 }]) {
      const topic = freshName("topic");
      const most = more.max_in_flight ?? firstInFlight;
      await using client = await member(server(), topic, more);
      for (let i = 0; i < most + 3; i++) await publish(from, topic, i);
      const events = await takeEvents(client, most);
      expect(events.map(({ payload }) => payload)).toEqual([...Array(most).keys()]);
      await client.settle();
      client.dispatch("ACK", { id: events[0]!.id });
      expect((await takeEvent(client)).payload).toBe(most);
      client.dispatch("NACK", { id: events.at(-1)!.id, delay_ms: 1_000_000 });
      if (most > 1) expect((await takeEvent(client)).payload).toBe(most + 1);
      else expect(await client.next()).toMatchObject(refusal("queue/not-leased"));
      await client.settle();
    }
  });

  test("[TO-10] what one SUBSCRIBE says counts together, another for itself", async () => {
    const root = freshName("root");
    await using from = await sender();
    await using client = await member(server(), [`${root}.a`, `${root}.b`], { max_in_flight: 2 });
    await subscribe(client, `${root}.c`, { max_in_flight: 1 });
    for (const topic of ["a", "a", "b", "b", "c", "c"]) await publish(from, `${root}.${topic}`, topic);
    expect((await takePayloads(client, 3)).sort()).toEqual(["a", "a", "c"]);
    await client.settle();
  });

  test("[TO-10] patterns of one group that overlap deliver once, of one member or of two", async () => {
    const [root, group] = [freshName("root"), freshName("group")];
    await using crowd = createCrowd();
    const from = crowd.add(await sender());
    const one = crowd.add(
      await member(server(), [`${root}.>`, `${root}.*`, `${root}.a`], { group, max_in_flight: 100 }),
    );
    await subscribe(one, [`*.a`], { group, max_in_flight: 100 });
    const two = crowd.add(await member(server(), [`${root}.a`, `${root}.*`], { group, max_in_flight: 100 }));
    for (let i = 0; i < 20; i++) expect((await publish(from, `${root}.a`, i)).groups).toBe(1);
    const got = [...(await drainInbox(one)), ...(await drainInbox(two))].map(({ d }) => d.payload);
    expect(got.sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
  });

  test("[TO-10] only a member with a pattern for the topic gets it, though another of its group could take more", async () => {
    const [root, group] = [freshName("root"), freshName("group")];
    await using from = await sender();
    await using a = await member(server(), `${root}.a`, { group, max_in_flight: 1 });
    await using b = await member(server(), `${root}.b`, { group, max_in_flight: 100 });
    for (let i = 0; i < 3; i++) await publish(from, `${root}.a`, i);
    expect(await takePayloads(a, 1)).toEqual([0]);
    await publish(from, `${root}.b`, "b");
    expect(await takePayloads(b, 1)).toEqual(["b"]);
    await a.settle();
    await b.settle();
  });

  test("[TO-11] ack_ms is the member's own", async () => {
    const [topic, group] = [freshName("topic"), freshName("group")];
    await using from = await sender();
    await using client = await member(server(), topic, { group, ack_ms: 100 });
    await publish(from, topic);
    await takeEvent(client);
    step(99);
    await client.settle();
    step(1);
    expect((await takeEvent(client)).attempt).toBe(2);
    await subscribe(client, topic, { group, ack_ms: 60_000 });
    const late = await publish(from, topic, "late");
    expect(late.groups).toBe(1);
    expect(await takePayloads(client, 1)).toEqual(["late"]);
  });

  test("[TO-11] after 20 attempts it is dead, and kept with the queue's dead letters", async () => {
    const [topic, group] = [freshName("topic"), freshName("group")];
    await using from = await sender();
    await using client = await member(server(), topic, { group });
    await publish(from, topic, "hopeless");
    for (let attempt = 1; attempt <= 20; attempt++) {
      const event = await takeEvent(client);
      expect(event.attempt).toBe(attempt);
      client.dispatch("NACK", { id: event.id });
    }
    await client.settle();
    expect((await ask(server(), "GET", queuePath(group))).json).toMatchObject({ dead: 1, ready: 0, leased: 0 });
    const { json } = await ask(server(), "GET", `${queuePath(group)}/messages?state=dead`);
    expect(json.messages).toMatchObject([{ payload: "hopeless", attempt: 20, cause: "attempts" }]);
    expect((await ask(server(), "POST", `${queuePath(group)}/redrive`, { body: {} })).json).toEqual({ count: 1 });
    expect(await takeEvent(client)).toMatchObject({ payload: "hopeless", attempt: 1 });
  });

  test("[TO-12] the last holder may acknowledge late, as long as nobody else got it", async () => {
    const [topic, group] = [freshName("topic"), freshName("group")];
    await using from = await sender();
    await using client = await member(server(), topic, { group, max_in_flight: 1 });
    await using other = await topicClient(server());
    await publish(from, topic, "slow");
    const event = await takeEvent(client);
    await subscribe(other, topic, { group });
    step(ackMs);
    const [one, two] = [await drainInbox(client), await drainInbox(other)];
    expect(one.length + two.length).toBe(1);
    if (one.length === 1) await settleEvent(client, "ACK", event);
    else {
      client.dispatch("ACK", { id: event.id });
      expect(await client.next()).toMatchObject(refusal("queue/not-leased"));
      await settleEvent(other, "ACK", event);
    }
    step(2 * ackMs);
    await client.settle();
    await other.settle();
  });

  test("[TO-12] no two events of a connection have one id, though they are of one message for two groups", async () => {
    const topic = freshName("topic");
    await using from = await sender();
    await using client = await member(server(), topic, { group: freshName("g") });
    await subscribe(client, topic, { group: freshName("h") });
    for (let i = 0; i < 8; i++) await publish(from, topic, i);
    const events = await takeEvents(client, 16);
    expect(new Set(events.map(({ id }) => id)).size).toBe(16);
    expect(new Set(events.map(({ group }) => group)).size).toBe(2);
  });
});
