import { describe, expect, test } from "vitest";
import { createCrowd } from "../../src/crowd.ts";
import { eachListener } from "../../src/each-listener.ts";
import { awaitDepartures, drainInbox, everyoneIn } from "../../src/identified.ts";
import { listeners, startServer } from "../../src/start-server.ts";
import { endOf, expectAbort, newStream, openStream, provesOpen, streamer, takeDispatch } from "../../src/streams.ts";

eachListener("many streams", [], (server) => {
  test("[ST-6, ST-12] thousands between two clients, answered backwards, each with its own", async () => {
    await using caller = await streamer(server());
    await using callee = await streamer(server(), { encoding: "msgpack" });
    const total = 5000;
    const target = everyoneIn(callee.application);
    for (let id = 0; id < total; id++) caller.dispatch("CALL", { id, target, method: "m", payload: id });
    const calls = [];
    for (let id = 0; id < total; id++) calls.push(await takeDispatch(callee, "CALL"));
    expect(calls.map(({ payload }) => payload)).toEqual(Array.from({ length: total }, (_, id) => id));
    expect(new Set(calls.map(({ id }) => id)).size).toBe(total);
    for (const { id, payload } of calls.toReversed()) {
      callee.dispatch("DATA", { id, payload: -payload });
      callee.dispatch("DATA", { id, end: true });
    }
    for (let id = total - 1; id >= 0; id--) {
      expect(await takeDispatch(caller, "DATA")).toMatchObject({ id, payload: -id || 0 });
      expect(await takeDispatch(caller, "DATA")).toEqual({ id, end: true });
      caller.dispatch("DATA", { id, end: true });
    }
    for (const { id } of calls.toReversed()) expect(await takeDispatch(callee, "DATA")).toEqual({ id, end: true });
    await provesOpen(await openStream(caller, callee, 0));
  });

  test("[ST-6] 10,000 streams of one client are open at a time; one more is too many until one is over", async () => {
    await using caller = await streamer(server());
    await using callee = await streamer(server());
    const target = everyoneIn(callee.application);
    const most = 10_000;
    for (let id = 0; id < most; id++) caller.dispatch("CALL", { id, target, method: "m" });
    const ids: number[] = [];
    for (let id = 0; id < most; id++) ids.push((await takeDispatch(callee, "CALL")).id);
    caller.dispatch("CALL", { id: most, target, method: "m" });
    await expectAbort(endOf(caller, most), "stream/too-many", false);
    await provesOpen({ caller: endOf(caller, 5000), callee: endOf(callee, ids[5000]!) });
    await callee[Symbol.asyncDispose]();
    for (let id = 0; id < most; id++) expect((await takeDispatch(caller, "ABORT")).code).toBe("stream/peer-lost");
    await caller.settle();
  });

  test("[ST-14] a caller that goes with thousands of them leaves none at its callees", async () => {
    await using crowd = createCrowd();
    const caller = await streamer(server());
    const application = `${caller.application}-pool`;
    const pool = [];
    for (let i = 0; i < 5; i++) pool.push(crowd.add(await streamer(server(), { application })));
    const calls = 2000;
    for (let id = 0; id < calls; id++) caller.dispatch("CALL", { id, target: everyoneIn(application), method: "m" });
    await caller.settle();
    await caller.close();
    await awaitDepartures(server());
    let heard = 0;
    for (const callee of pool) {
      const open = new Set<number>();
      for (const { t, d } of await drainInbox(callee)) {
        if (t === "CALL") open.add(d.id);
        else if (t === "ABORT" && d.code === "stream/cancelled" && open.delete(d.id)) heard++;
      }
      expect([...open]).toEqual([]);
    }
    expect(heard).toBe(calls);
  });
});

describe.each(listeners)("limits of streams (%s)", (listener) => {
  test("[ST-6] what a client opens and what is opened to it count alike; only what is over does not", async () => {
    await using server = await startServer({ listener, flags: ["--max-streams", "3"] });
    await using at = await newStream(server);
    const [one, other] = [at.caller.client, at.callee.client];
    await openStream(other, one, 0);
    const third = await openStream(one, other, 2);
    const target = everyoneIn(other.application);
    for (const call of [{ target }, { via: 0 }]) {
      one.dispatch("CALL", { id: 3, method: "m", ...call });
      await expectAbort(endOf(one, 3), "stream/too-many", false);
    }
    // A third client finds nobody with room, but for the one that came last.
    await using stranger = await streamer(server);
    stranger.dispatch("CALL", { id: 0, target, method: "m" });
    expect(await endOf(stranger, 0).take("ABORT")).toMatchObject({ delivered: false });
    await using roomy = await streamer(server, { application: other.application });
    for (let id = 1; id <= 3; id++) await openStream(stranger, roomy, id);
    // One side's end is not the end.
    third.caller.data({ end: true });
    await third.callee.take("DATA");
    one.dispatch("CALL", { id: 3, target, method: "m" });
    await expectAbort(endOf(one, 3), "stream/too-many", false);
    third.callee.data({ end: true });
    await third.caller.take("DATA");
    await provesOpen(await openStream(one, other, 3));
    await provesOpen(at);
  });

  test("[ST-6] a client that aborts a stream makes room for another, as often as it likes", async () => {
    await using server = await startServer({ listener, flags: ["--max-streams", "2"] });
    await using caller = await streamer(server);
    await using callee = await streamer(server);
    for (let id = 0; id < 100; id++) {
      const stream = await openStream(caller, callee, id);
      const [aborter, other] = id % 2 === 0 ? [stream.caller, stream.callee] : [stream.callee, stream.caller];
      aborter.abort();
      await other.take("ABORT");
    }
  });
});
