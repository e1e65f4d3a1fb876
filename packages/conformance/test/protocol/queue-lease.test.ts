import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachSteppedListener } from "../../src/each-listener.ts";
import { everyoneIn, freshName, type IdentifiedClient, identifiedClient } from "../../src/identified.ts";
import { capableClient, consumer, push, refusal, settleMessage, take, takeAll } from "../../src/queues.ts";

/** No heartbeat is missed here. */
const patient = { heartbeatIntervalMs: 1_000_000_000 };
/** The lease, and the delay after it ([QU-11, QU-13]). */
const leaseMs = 15_000;
const retryMs = 15_000;

eachSteppedListener("leases", patient, (server) => {
  const step = (ms: number): void => server().clock.step(ms);

  /** A client that holds a message, and asks for `count` more. */
  async function holder(
    queue: string,
    { count = 0, ...message }: { readonly count?: number; readonly [field: string]: unknown } = {},
  ) {
    const client = await consumer(server(), queue, { count: count + 1 });
    await push(client, queue, { target: everyoneIn(client.application), ...message });
    return { client, message: await take(client) };
  }

  describe.each(encodings)("in %s", (encoding) => {
    test("[QU-11, QU-13] a message is leased for 15 seconds, waits for 15 more, and comes again with attempt 2", async () => {
      const queue = freshName("queue");
      await using client = await consumer(server(), queue, { encoding, count: 3 });
      const id = await push(client, queue, { payload: "p", nonce: "n" });
      expect(await take(client)).toEqual({ queue, id, attempt: 1, payload: "p", nonce: "n" });
      step(leaseMs + retryMs - 1);
      await client.settle();
      step(1);
      expect(await take(client)).toEqual({ queue, id, attempt: 2, payload: "p", nonce: "n" });
      step(leaseMs + retryMs);
      expect(await take(client)).toMatchObject({ id, attempt: 3 });
    });

    test("[QU-12] an acknowledged message never comes again", async () => {
      const queue = freshName("queue");
      await using client = await consumer(server(), queue, { encoding, count: 5 });
      await push(client, queue);
      await settleMessage(client, "QUEUE_ACK", await take(client));
      step(10 * (leaseMs + retryMs));
      await client.settle();
    });

    test("[QU-13] QUEUE_NACK makes it wait for the retry delay, or as long as it says, 0 being none", async () => {
      const queue = freshName("queue");
      await using client = await consumer(server(), queue, { encoding, count: 9 });
      await push(client, queue);
      for (const [more, waitMs] of [
        [{}, retryMs],
        [{ delay_ms: null, dead: false }, retryMs],
        [{ delay_ms: 700 }, 700],
        [{ delay_ms: 100_000, dead: null }, 100_000],
      ] as const) {
        await settleMessage(client, "QUEUE_NACK", await take(client), more);
        step(waitMs - 1);
        await client.settle();
        step(1);
      }
      const message = await take(client);
      expect(message.attempt).toBe(5);
      client.dispatch("QUEUE_NACK", { queue, id: message.id, delay_ms: 0 });
      expect((await take(client)).attempt).toBe(6);
    });

    test("[QU-16] QUEUE_EXTEND makes a lease last for longer, as often as its holder likes", async () => {
      const queue = freshName("queue");
      await using client = await consumer(server(), queue, { encoding, count: 2 });
      const id = await push(client, queue);
      await take(client);
      for (let round = 0; round < 3; round++) {
        step(leaseMs - 1);
        client.send({ op: 4, t: "QUEUE_EXTEND", nonce: round, d: { queue, id, ms: leaseMs } });
        expect(await client.next()).toMatchObject({ t: "QUEUE_EXTENDED", d: { queue, id, nonce: round } });
      }
      step(leaseMs + retryMs - 1);
      await client.settle();
      step(1);
      expect(await take(client)).toMatchObject({ id, attempt: 2 });
    });

    test("[QU-16] QUEUE_EXTEND may end a lease sooner", async () => {
      const queue = freshName("queue");
      await using client = await consumer(server(), queue, { encoding, count: 2 });
      const id = await push(client, queue);
      await take(client);
      client.dispatch("QUEUE_EXTEND", { queue, id, ms: 10 });
      await client.settle();
      step(10 + retryMs - 1);
      await client.settle();
      step(1);
      expect(await take(client)).toMatchObject({ id, attempt: 2 });
    });
  });

  test("[QU-11] nobody else gets a message while it is leased", async () => {
    const queue = freshName("queue");
    await using other = await consumer(server(), queue, { count: 5 });
    const { client, message } = await holder(queue);
    await using _ = client;
    await other.settle();
    step(leaseMs);
    await other.settle();
    expect(message.attempt).toBe(1);
  });

  test("[QU-12] the last holder may acknowledge late, while the message waits and when it is ready", async () => {
    for (const lateMs of [leaseMs, leaseMs + retryMs - 1, leaseMs + retryMs, 10 * leaseMs]) {
      const queue = freshName("queue");
      const { client, message } = await holder(queue);
      await using _ = client;
      step(lateMs);
      await settleMessage(client, "QUEUE_ACK", message);
      client.dispatch("QUEUE_REQUEST", { queue });
      step(10 * leaseMs);
      await client.settle();
    }
  });

  test("[QU-12] once somebody else got it, an acknowledgement by the first is refused and harms nobody", async () => {
    const queue = freshName("queue");
    const { client, message } = await holder(queue);
    await using first = client;
    await using second = await consumer(server(), queue, { application: first.application });
    step(leaseMs + retryMs);
    const again = await take(second);
    expect(again).toMatchObject({ id: message.id, attempt: 2 });
    first.dispatch("QUEUE_ACK", { queue, id: message.id, nonce: "late" });
    expect(await first.next()).toMatchObject(
      refusal("queue/not-leased", { nonce: "late", extra_info: { queue, id: message.id } }),
    );
    await settleMessage(second, "QUEUE_ACK", again);
  });

  test("[QU-12] what is leased to nobody, to somebody else, in another queue, or done with already, is not leased", async () => {
    const queue = freshName("queue");
    const { client, message } = await holder(queue);
    await using first = client;
    await using stranger = await capableClient(server());
    const { id } = message;
    const waiting = await push(stranger, queue, { target: everyoneIn("nobody") });
    for (const t of ["QUEUE_ACK", "QUEUE_NACK", "QUEUE_EXTEND"]) {
      const attempts: [IdentifiedClient, object][] = [
        [stranger, { queue, id }],
        [stranger, { queue, id: waiting }],
        [first, { queue: `${queue}2`, id }],
        [first, { queue, id: id.toUpperCase() }],
        [first, { queue, id: "zzzzzzzzzzz" }],
        [first, { queue, id: "-1" }],
        [first, { queue, id: "x".repeat(256) }],
      ];
      for (const [from, d] of attempts) {
        from.dispatch(t, { ...d, ms: 1 });
        expect(await from.next()).toMatchObject(refusal("queue/not-leased"));
      }
    }
    await settleMessage(first, "QUEUE_ACK", message);
    first.dispatch("QUEUE_ACK", { queue, id });
    expect(await first.next()).toMatchObject(refusal("queue/not-leased"));
  });

  test("[QU-12, QU-16] a lease that is over can be neither extended nor refused, only acknowledged", async () => {
    const queue = freshName("queue");
    const { client, message } = await holder(queue);
    await using _ = client;
    step(leaseMs);
    for (const t of ["QUEUE_EXTEND", "QUEUE_NACK"]) {
      client.dispatch(t, { queue, id: message.id, ms: 1000 });
      expect(await client.next()).toMatchObject(refusal("queue/not-leased"));
    }
    await settleMessage(client, "QUEUE_ACK", message);
  });

  test("[QU-14] what a client that goes away holds is ready again at once, in its old place", async () => {
    const queue = freshName("queue");
    const { client, message } = await holder(queue, { payload: "first" });
    await using next = await identifiedClient(server(), { application: client.application });
    await push(next, queue, { payload: "second" });
    next.dispatch("QUEUE_REQUEST", { queue, count: 2 });
    expect(await take(next)).toMatchObject({ payload: "second" });
    await client[Symbol.asyncDispose]();
    expect(await take(next)).toMatchObject({ id: message.id, payload: "first", attempt: 2 });
  });

  test("[QU-14, QU-9] several get their old places back, before what was pushed later", async () => {
    const [queue, application] = [freshName("queue"), freshName("app")];
    const gone = await consumer(server(), queue, { application, count: 3 });
    await using sender = await identifiedClient(server());
    const target = everyoneIn(application);
    for (let i = 0; i < 5; i++) await push(sender, queue, { target, payload: i });
    expect(await takeAll(gone, 3)).toEqual([0, 1, 2]);
    await using next = await identifiedClient(server(), { application });
    await gone.close();
    await sender.settle();
    next.dispatch("QUEUE_REQUEST", { queue, count: 9 });
    expect(await takeAll(next, 5)).toEqual([0, 1, 2, 3, 4]);
  });

  test("[QU-14] also where it is given up for missed heartbeats, or makes a fatal mistake", async () => {
    const queue = freshName("queue");
    const { client } = await holder(queue, { payload: 1 });
    await using next = await consumer(server(), queue, { application: client.application });
    client.send({ op: 99 });
    expect(await take(next)).toMatchObject({ payload: 1, attempt: 2 });
    await client[Symbol.asyncDispose]();
  });
});
