import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { awaitDepartures, everyoneIn, freshName, identifiedClient, leave } from "../../src/identified.ts";
import { consumer, push, refusal, settleMessage, take } from "../../src/queues.ts";
import { comeBack, cut, resumable, resumeCaps, steady } from "../../src/sessions.ts";
import { endOf, expectAbort, openStream, provesOpen, takeDispatch } from "../../src/streams.ts";
import { publish, settleEvent, subscribe, takeEvent, takePayloads } from "../../src/topics.ts";

eachListener("resuming", [], (server) => {
  const heat = (value: number) => ({ heat: { type: "integer", value } });

  /** Cuts a client and waits until the server knows. */
  async function away(client: Parameters<typeof cut>[0]): Promise<void> {
    cut(client);
    await awaitDepartures(server());
  }

  describe.each(encodings)("in %s", (encoding) => {
    test("[RS-1] ready has a session, and op 3 and op 4 are numbered from 1 on, and nothing else", async () => {
      await using client = await resumable(server(), { encoding });
      await using other = await resumable(server(), { encoding });
      expect(client.ready.session).toEqual(expect.stringMatching(/^\S{16,128}$/));
      expect(other.ready.session).not.toBe(client.ready.session);
      expect(client.ready).toMatchObject({ caps: resumeCaps });
      expect(Object.keys(client.ready)).not.toContain("resumed");
      for (let i = 1; i <= 5; i++) {
        client.dispatch("NOPE", {});
        expect(await client.next()).toMatchObject({ op: 3, seq: 2 * i - 1 });
        client.dispatch("SEND", { target: everyoneIn(client.application), payload: i });
        expect(await client.next()).toMatchObject({ op: 4, t: "SEND", seq: 2 * i });
        await client.settle();
      }
    });

    test("[RS-2, RS-3] one that comes back gets what was sent to it meanwhile, in order, and goes on", async () => {
      const client = await resumable(server(), { encoding });
      await using peer = await steady(server());
      const near = await openStream(peer, client, 0);
      near.caller.data({ payload: "before" });
      await near.callee.take("DATA");
      await away(client);
      for (let i = 0; i < 10; i++) near.caller.data({ payload: { i } });
      await peer.settle();
      await using back = await comeBack(server(), client);
      expect(back.ready).toMatchObject({ resumed: true, session: client.ready.session, received: 0 });
      const far = endOf(back, near.callee.id);
      for (let i = 0; i < 10; i++) expect(await far.take("DATA")).toEqual({ id: far.id, payload: { i } });
      await provesOpen({ caller: near.caller, callee: far });
    });

    test("[RS-3] frames behind the number that it names follow, also those that were sent to the old connection", async () => {
      const client = await resumable(server(), { encoding });
      await using peer = await steady(server());
      const near = await openStream(peer, client, 0);
      for (let i = 0; i < 5; i++) near.caller.data({ payload: i });
      for (let i = 0; i < 5; i++) await near.callee.take("DATA");
      expect(client.seq).toBe(6);
      await away(client);
      await using back = await comeBack(server(), client, { seq: 3 });
      expect(back.ready).toMatchObject({ resumed: true });
      for (let i = 2; i < 5; i++) expect((await takeDispatch(back, "DATA")).payload).toBe(i);
      expect(back.seq).toBe(6);
      await back.settle();
    });

    test("[RS-3] received says how many of its dispatches have been taken: refused ones count, heartbeats do not", async () => {
      const client = await resumable(server(), { encoding });
      await using peer = await steady(server());
      client.dispatch("SEND", { target: everyoneIn(peer.application), payload: 1 });
      client.dispatch("NOPE", {});
      await client.next();
      await client.settle();
      client.dispatch("RECEIVED", { seq: client.seq });
      client.dispatch("UPDATE_METADATA", heat(1));
      await client.settle();
      await away(client);
      await using back = await comeBack(server(), client);
      expect(back.ready).toMatchObject({ resumed: true, received: 3 });
      back.dispatch("SEND", { target: everyoneIn(peer.application), payload: 2 });
      await back.settle();
      await away(back);
      await using again = await comeBack(server(), back);
      expect(again.ready).toMatchObject({ resumed: true, received: 4 });
    });
  });

  test("[RS-2] who is away is no candidate and not found, and others see it leave and join again", async () => {
    await using caller = await steady(server());
    await using witness = await identifiedClient(server(), { identify: { receive_client_updates: true } });
    await witness.next();
    const client = await resumable(server());
    const told = (t: string) => ({ t, d: { payload: { app: client.application, client_id: client.id } } });
    expect(await witness.next()).toMatchObject(told("CLIENT_CONNECTED"));
    cut(client);
    expect(await witness.next()).toMatchObject(told("CLIENT_DISCONNECTED"));
    witness.dispatch("SEND", { target: everyoneIn(client.application), payload: 1 });
    expect(await witness.next()).toMatchObject(refusal("route/no-match"));
    witness.dispatch("QUERY_NODES", everyoneIn(client.application));
    expect((await witness.next()).d.nodes).toEqual([]);
    caller.dispatch("CALL", { id: 0, target: everyoneIn(client.application), method: "m" });
    await expectAbort(endOf(caller, 0), "route/no-match", false);
    await using back = await comeBack(server(), client);
    expect(await witness.next()).toMatchObject(told("CLIENT_CONNECTED"));
    witness.dispatch("SEND", { target: everyoneIn(client.application), payload: 2 });
    expect((await takeDispatch(back, "SEND")).payload).toBe(2);
  });

  test("[RS-2, RS-3] metadata is as it was, and that of the new identify is ignored", async () => {
    const client = await resumable(server(), { identify: { metadata: heat(1) } });
    await using witness = await steady(server());
    client.dispatch("UPDATE_METADATA", heat(5));
    await client.settle();
    await away(client);
    await using back = await comeBack(server(), client, {
      identify: { metadata: { mood: { type: "string", value: "x" } } },
    });
    expect(back.ready).toMatchObject({ resumed: true });
    witness.dispatch("QUERY_NODES", everyoneIn(client.application));
    const { metadata } = (await witness.next()).d.nodes[0];
    expect([metadata.heat, metadata.mood]).toEqual([5, undefined]);
  });

  test("[RS-2] what it leased stays its own, and it acknowledges that after it has come back", async () => {
    const [queue, application] = [freshName("queue"), freshName("app")];
    const client = await resumable(server(), { application });
    await using other = await consumer(server(), queue);
    client.dispatch("QUEUE_REQUEST", { queue });
    await push(client, queue, { target: everyoneIn(application) });
    const message = await take(client);
    await away(client);
    await other.settle();
    await using back = await comeBack(server(), client);
    await settleMessage(back, "QUEUE_ACK", message);
    await other.settle();
  });

  test("[RS-2] what it asked of queues is suspended, and counts again when it is back", async () => {
    const [queue, application] = [freshName("queue"), freshName("app")];
    const client = await resumable(server(), { application });
    client.dispatch("QUEUE_REQUEST", { queue, count: 2 });
    await client.settle();
    await away(client);
    await using other = await identifiedClient(server(), { application });
    const target = everyoneIn(application);
    await push(other, queue, { target, payload: 1 });
    other.dispatch("QUEUE_REQUEST", { queue });
    expect((await take(other)).payload).toBe(1);
    await push(other, queue, { target, payload: 2 });
    await using back = await comeBack(server(), client);
    expect((await take(back)).payload).toBe(2);
    await push(other, queue, { target, payload: 3 });
    expect((await take(back)).payload).toBe(3);
    await push(other, queue, { target, payload: 4 });
    await back.settle();
  });

  test("[RS-2] its streams stay open in both roles; what it sends again arrives once", async () => {
    const client = await resumable(server());
    await using peer = await steady(server());
    const called = await openStream(peer, client, 0);
    const calling = await openStream(client, peer, 0);
    called.callee.data({ payload: 1 });
    calling.caller.data({ payload: 2 });
    expect((await called.caller.take("DATA")).payload).toBe(1);
    expect((await calling.callee.take("DATA")).payload).toBe(2);
    await away(client);
    calling.callee.data({ payload: 3 });
    called.caller.data({ payload: 4, end: true });
    calling.callee.abort({ code: "enough" });
    await peer.settle();
    await using back = await comeBack(server(), client);
    // The call and two messages.
    expect(back.ready).toMatchObject({ resumed: true, received: 3 });
    expect(await takeDispatch(back, "DATA")).toMatchObject({ id: 0, payload: 3 });
    expect(await takeDispatch(back, "DATA")).toMatchObject({ id: called.callee.id, payload: 4, end: true });
    expect(await takeDispatch(back, "ABORT")).toMatchObject({ id: 0, code: "enough" });
    endOf(back, called.callee.id).data({ payload: "answer", end: true });
    expect((await called.caller.take("DATA")).payload).toBe("answer");
    await peer.settle();
  });

  test("[RS-2] its subscriptions stay: it gets what was published while it was away, once, and acknowledges", async () => {
    const [topic, group] = [freshName("topic"), freshName("group")];
    const client = await resumable(server());
    await using sender = await steady(server());
    await subscribe(client, topic, { group, max_in_flight: 100 });
    await publish(sender, topic, "before");
    const held = await takeEvent(client);
    await away(client);
    for (let i = 0; i < 20; i++) expect((await publish(sender, topic, i)).groups).toBe(1);
    await using back = await comeBack(server(), client);
    expect(await takePayloads(back, 20)).toEqual([...Array(20).keys()]);
    await settleEvent(back, "ACK", held);
    await publish(sender, topic, "after");
    expect(await takePayloads(back, 1)).toEqual(["after"]);
    await back.settle();
  });

  test("[RS-2] a member that is away gets nothing that another of its group can take", async () => {
    const [topic, group] = [freshName("topic"), freshName("group")];
    const client = await resumable(server());
    await using sender = await steady(server());
    await using other = await steady(server());
    await subscribe(client, topic, { group, max_in_flight: 100 });
    await subscribe(other, topic, { group, max_in_flight: 100 });
    await away(client);
    for (let i = 0; i < 20; i++) await publish(sender, topic, i);
    expect(await takePayloads(other, 20)).toEqual([...Array(20).keys()]);
    await using back = await comeBack(server(), client);
    await back.settle();
  });

  test("[RS-2, RS-3] an answer that came while it was away is there", async () => {
    const [topic, group] = [freshName("topic"), freshName("group")];
    const client = await resumable(server());
    await using peer = await steady(server());
    await subscribe(peer, topic, { group });
    client.dispatch("PUBLISH", { topic, payload: "?", nonce: "q", reply: true });
    await takeDispatch(client, "PUBLISHED");
    const { id } = await takeEvent(peer);
    await away(client);
    peer.dispatch("REPLY", { id, payload: "!" });
    await peer.settle();
    await using back = await comeBack(server(), client);
    expect(await takeDispatch(back, "REPLY")).toMatchObject({ nonce: "q", group, payload: "!" });
  });

  test("[RS-3] it may break again at once, over and over, and misses nothing", async () => {
    let client = await resumable(server());
    await using peer = await steady(server());
    const near = await openStream(peer, client, 0);
    const got: unknown[] = [];
    for (let round = 0; round < 15; round++) {
      near.caller.data({ payload: round });
      await peer.settle();
      cut(client);
      // What it has not taken it has not got.
      client = await comeBack(server(), client, { seq: 1 + got.length });
      expect(client.ready).toMatchObject({ resumed: true });
      if (round % 3 === 2) for (let i = 0; i < 3; i++) got.push((await takeDispatch(client, "DATA")).payload);
    }
    expect(got).toEqual([...Array(15).keys()]);
    await using _ = client;
    await client.settle();
  });

  test("[RS-3] a session is taken over while its old connection is still open, which is closed", async () => {
    const client = await resumable(server());
    await using peer = await steady(server());
    const near = await openStream(peer, client, 0);
    near.caller.data({ payload: 1 });
    await near.callee.take("DATA");
    await using back = await comeBack(server(), client);
    expect(back.ready).toMatchObject({ resumed: true, session: client.ready.session });
    await client.closed;
    await provesOpen({ caller: near.caller, callee: endOf(back, near.callee.id) });
    await using witness = await steady(server());
    witness.dispatch("QUERY_NODES", everyoneIn(client.application));
    expect((await witness.next()).d.nodes).toHaveLength(1);
  });

  test("[RS-2] what a broken connection had sent before it broke counts", async () => {
    const client = await resumable(server());
    await using peer = await steady(server());
    for (let i = 0; i < 50; i++) client.dispatch("SEND", { target: everyoneIn(peer.application), payload: i });
    await client.settle();
    await away(client);
    await using back = await comeBack(server(), client);
    expect(back.ready).toMatchObject({ received: 50 });
    for (let i = 0; i < 50; i++) expect((await takeDispatch(peer, "SEND")).payload).toBe(i);
    await peer.settle();
  });

  test("[RS-7] a client without the extension leaves with its connection, and has neither session nor numbers", async () => {
    await using peer = await steady(server());
    const client = await steady(server());
    expect(Object.keys(client.ready)).not.toContain("session");
    const near = await openStream(peer, client, 0);
    cut(client);
    await expectAbort(near.caller, "stream/peer-lost", true);
    await using again = await identifiedClient(server(), { application: client.application, id: client.id });
    await leave(server(), again);
  });
});
