import { describe, expect, test } from "vitest";
import { startHeldServer } from "../../src/held-server.ts";
import { drainInbox, everyoneIn, identifiedClient } from "../../src/identified.ts";
import { capableClient, consumer, push, refusal, settleMessage, take } from "../../src/queues.ts";
import { listeners } from "../../src/start-server.ts";

const queue = "q";
/** How long a store that failed is left alone. */
const pauseMs = 1000;

describe.each(listeners)("what waits for the disk (%s)", (listener) => {
  test("[QU-2] a message is neither confirmed nor given out before it is on disk", async () => {
    await using server = await startHeldServer(listener);
    await using receiver = await consumer(server, queue);
    await using sender = await identifiedClient(server);
    server.store.hold();
    sender.dispatch("QUEUE", { queue, target: everyoneIn(receiver.application), payload: 1, nonce: "n" });
    await server.store.waiting();
    await sender.settle();
    await receiver.settle();
    server.store.release();
    expect(await sender.next()).toMatchObject({ t: "QUEUE_CONFIRM", d: { nonce: "n" } });
    expect((await take(receiver)).payload).toBe(1);
  });

  test("[QU-2] messages of one sender are confirmed in the order of its pushes; known ids may be sooner", async () => {
    await using server = await startHeldServer(listener);
    await using client = await capableClient(server);
    await push(client, queue, { id: "known" });
    server.store.hold();
    for (const [nonce, more] of [{}, { id: "known" }, { id: "new" }, {}, { id: "new" }, {}].entries()) {
      client.dispatch("QUEUE", { queue, target: {}, payload: 1, nonce, ...more });
    }
    const early = await drainInbox(client);
    server.store.release();
    const nonces = early.map(({ d }) => d.nonce);
    while (nonces.length < 6) nonces.push((await client.next()).d.nonce);
    expect(nonces.filter((nonce) => nonce !== 1 && nonce !== 4)).toEqual([0, 2, 3, 5]);
    expect(nonces).toContain(1);
    expect(nonces.indexOf(4)).toBeGreaterThan(nonces.indexOf(2));
  });

  test("[QU-4] pushes of an id that is on its way are confirmed once that is on disk, and refused where it is not", async () => {
    await using server = await startHeldServer(listener);
    await using client = await capableClient(server);
    await using other = await capableClient(server, { encoding: "msgpack" });
    for (const [error, expected] of [
      [new Error("no"), refusal("queue/unavailable")],
      [null, { t: "QUEUE_CONFIRM" }],
    ] as const) {
      server.store.hold();
      client.dispatch("QUEUE", { queue, target: {}, payload: 1, id: "x", nonce: "first" });
      await server.store.waiting();
      other.dispatch("QUEUE", { queue, target: {}, payload: 1, id: "x", nonce: "twin" });
      await other.settle();
      if (error === null) server.store.release();
      else server.store.fail(error);
      expect(await client.next()).toMatchObject({ ...expected, d: { nonce: "first" } });
      expect(await other.next()).toMatchObject({ ...expected, d: { nonce: "twin" } });
      server.store.fail(null);
      server.clock.advance(pauseMs);
    }
  });

  test("[QU-3] what cannot be stored is refused with its nonce, and nothing of it is kept; later it can be", async () => {
    await using server = await startHeldServer(listener);
    await using receiver = await consumer(server, queue, { count: 2 });
    await using sender = await identifiedClient(server);
    server.store.fail(new Error("the disk is on fire"));
    sender.dispatch("QUEUE", { queue, target: {}, payload: 1, nonce: [1] });
    expect(await sender.next()).toMatchObject(refusal("queue/unavailable", { error: "queue unavailable", nonce: [1] }));
    await receiver.settle();
    server.store.fail(null);
    await push(sender, queue, { payload: 2 });
    expect((await take(receiver)).payload).toBe(2);
  });

  test("[QU-18, QU-20] an acknowledgement is answered once it is on disk, however often the disk fails before", async () => {
    await using server = await startHeldServer(listener);
    await using client = await consumer(server, queue);
    await push(client, queue);
    const { id } = await take(client);
    server.store.fail(new Error("no"));
    client.send({ op: 4, t: "QUEUE_ACK", nonce: "n", d: { queue, id } });
    await client.settle();
    server.clock.advance(pauseMs);
    await client.settle();
    // Meanwhile it is done with: nobody can settle it again, and pushes are refused.
    client.dispatch("QUEUE_ACK", { queue, id });
    expect(await client.next()).toMatchObject(refusal("queue/not-leased"));
    client.dispatch("QUEUE", { queue, target: {}, payload: 1 });
    expect(await client.next()).toMatchObject(refusal("queue/unavailable"));
    server.store.fail(null);
    server.clock.advance(pauseMs);
    expect(await client.next()).toMatchObject({ t: "QUEUE_SETTLED", d: { queue, id, nonce: "n" } });
  });

  test("[QU-19] messages are given out and acknowledged while nothing can be stored", async () => {
    await using server = await startHeldServer(listener);
    await using client = await identifiedClient(server);
    for (let i = 0; i < 3; i++) await push(client, queue, { payload: i });
    server.store.hold();
    client.dispatch("QUEUE_REQUEST", { queue, count: 3 });
    for (let i = 0; i < 3; i++) {
      const { id, payload } = await take(client);
      expect(payload).toBe(i);
      client.dispatch("QUEUE_ACK", { queue, id });
    }
    await client.settle();
  });

  test("a sender that leaves before its push is on disk harms nobody, and the message is stored", async () => {
    await using server = await startHeldServer(listener);
    await using receiver = await consumer(server, queue);
    const sender = await identifiedClient(server);
    server.store.hold();
    sender.dispatch("QUEUE", { queue, target: {}, payload: "left behind" });
    await server.store.waiting();
    await sender.close();
    server.store.release();
    expect((await take(receiver)).payload).toBe("left behind");
  });

  test("a consumer that asks and leaves at once gets nothing, and the next one gets the message with attempt 1 or 2", async () => {
    await using server = await startHeldServer(listener);
    await using sender = await identifiedClient(server);
    for (let i = 0; i < 20; i++) {
      const flighty = await identifiedClient(server);
      flighty.dispatch("QUEUE_REQUEST", { queue, count: 10 });
      flighty.socket.terminate();
      await push(sender, queue, { payload: i, target: everyoneIn(sender.application) });
    }
    sender.dispatch("QUEUE_REQUEST", { queue, count: 20 });
    for (let i = 0; i < 20; i++) expect(await take(sender)).toMatchObject({ payload: i, attempt: 1 });
  });

  test("[C-19] who was told goodbye can still acknowledge, asks in vain, and gets the confirmation of its push", async () => {
    await using server = await startHeldServer(listener);
    await using client = await consumer(server, queue, { count: 2 });
    await push(client, queue, { payload: 1 });
    const message = await take(client);
    server.store.hold();
    client.dispatch("QUEUE", { queue, target: {}, payload: "in flight", nonce: "n" });
    await server.store.waiting();
    const drained = server.server.drain("stopping");
    expect(await client.next()).toMatchObject({ op: 7 });
    server.store.release();
    expect(await client.next()).toMatchObject({ t: "QUEUE_CONFIRM", d: { nonce: "n" } });
    client.dispatch("QUEUE_REQUEST", { queue });
    await settleMessage(client, "QUEUE_ACK", message);
    await push(client, queue, { payload: "after goodbye" });
    await client.settle();
    server.clock.advance(250);
    expect(await client.closed).toMatchObject({ code: 1000 });
    await server.stepUntil(drained);
  });
});
