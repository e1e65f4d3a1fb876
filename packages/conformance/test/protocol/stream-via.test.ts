import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { everyoneIn } from "../../src/identified.ts";
import { refusal } from "../../src/queues.ts";
import {
  endOf,
  expectAbort,
  newStream,
  openStream,
  provesOpen,
  type StreamEnd,
  settleBoth,
  streamer,
  takeDispatch,
} from "../../src/streams.ts";

/** Calls the other end of a stream by way of it, with an id of the caller's choice. */
async function callBack(from: StreamEnd, to: StreamEnd, id: number, call: object = {}) {
  from.client.dispatch("CALL", { id, via: from.id, method: "callback", ...call });
  const got = await takeDispatch(to.client, "CALL");
  return { caller: endOf(from.client, id), callee: endOf(to.client, got.id), call: got };
}

eachListener("calling by way of a stream", [], (server) => {
  describe.each(encodings)("in %s", (encoding) => {
    test("[ST-4] either end calls the other, which learns by which stream, as it knows it", async () => {
      await using at = await newStream(server(), { from: { encoding }, to: { encoding } });
      const { caller, callee } = at;
      const back = await callBack(callee, caller, 0, { payload: "progress", end: true });
      expect(back.call).toMatchObject({
        method: "callback",
        via: caller.id,
        from: { app: callee.client.application, client_id: callee.client.id },
        payload: "progress",
      });
      const forth = await callBack(caller, callee, 1, { payload: "more" });
      expect(forth.call).toMatchObject({ via: callee.id, from: { client_id: caller.client.id }, payload: "more" });
      back.callee.data({ payload: "thanks", end: true });
      expect(await back.caller.take("DATA")).toMatchObject({ payload: "thanks", end: true });
      await provesOpen(forth);
      await provesOpen(at);
    });
  });

  test("[ST-4] an ordinary CALL says nothing of via", async () => {
    await using at = await newStream(server());
    expect(Object.keys(at.call)).not.toContain("via");
  });

  test("[ST-4] such streams stay when the one they came by ends, and the other way round", async () => {
    await using at = await newStream(server());
    const { caller, callee } = at;
    const first = await callBack(callee, caller, 5);
    const second = await callBack(first.callee, first.caller, 6);
    expect(second.call.via).toBe(first.caller.id);
    first.caller.abort();
    await first.callee.take("ABORT");
    await provesOpen(at);
    caller.abort();
    await callee.take("ABORT");
    await provesOpen(second);
  });

  test("[ST-4] a stream that has ended on one side is still one to call by", async () => {
    await using at = await newStream(server(), { call: { end: true } });
    await provesOpen(await callBack(at.callee, at.caller, 0));
    await provesOpen(await callBack(at.caller, at.callee, 9));
  });

  test("[ST-14] by a stream that is over, or never was, or is somebody else's, nobody is reached", async () => {
    await using at = await newStream(server());
    await using other = await newStream(server());
    const over = await openStream(at.caller.client, at.callee.client, 3);
    over.caller.data({ end: true });
    await over.callee.take("DATA");
    over.callee.data({ end: true });
    await over.caller.take("DATA");
    const attempts: [StreamEnd, number][] = [
      [at.caller, 3],
      [at.callee, over.callee.id],
      [at.caller, 77],
      [at.caller, at.callee.id],
      [at.callee, 0],
      [at.callee, -2_000_000],
      [at.caller, 2 ** 53 - 1],
      [at.caller, -(2 ** 53) + 1],
    ];
    for (const [end, via] of attempts) {
      end.client.dispatch("CALL", { id: 11, via, method: "m" });
      await expectAbort(endOf(end.client, 11), "route/no-match", false);
    }
    await provesOpen(at);
    await provesOpen(other);
  });

  test("[ST-4] a target and a via, or neither, is no call", async () => {
    await using at = await newStream(server());
    const target = everyoneIn(at.callee.client.application);
    for (const call of [{ target, via: 0 }, {}, { target: null, via: null }]) {
      at.caller.client.dispatch("CALL", { id: 1, method: "m", ...call });
      await expectAbort(endOf(at.caller.client, 1), "dispatch/invalid", false);
    }
    await settleBoth(at);
  });

  test.each(["0", 1.5, true, [], {}, 2 ** 53])("[ST-4] a via of %j is no call", async (via) => {
    await using at = await newStream(server());
    at.caller.client.dispatch("CALL", { id: 1, via, method: "m" });
    await expectAbort(endOf(at.caller.client, 1), "dispatch/invalid", false);
    await provesOpen(at);
  });

  test("[ST-1, ST-4] an id in use is refused here as well", async () => {
    await using at = await newStream(server());
    at.caller.client.dispatch("CALL", { id: 0, via: 0, method: "m" });
    expect(await at.caller.client.next()).toMatchObject(refusal("stream/id-in-use"));
    await provesOpen(at);
  });

  test("[ST-4] a client calls itself back, too", async () => {
    await using client = await streamer(server());
    const stream = await openStream(client, client, 0);
    const back = await callBack(stream.callee, stream.caller, 1);
    expect(back.call.via).toBe(0);
    await provesOpen(back);
    const forth = await callBack(stream.caller, stream.callee, 2);
    expect(forth.call.via).toBe(stream.callee.id);
  });
});

eachListener("calling by way of a stream across encodings", [], (server) => {
  test.each(encodings)("[ST-4] the callee of %s calls back callers of every encoding", async (encoding) => {
    for (const from of encodings) {
      await using at = await newStream(server(), { from: { encoding: from }, to: { encoding } });
      const back = await callBack(at.callee, at.caller, 0, { payload: { from } });
      expect(back.call.payload).toEqual({ from });
      await provesOpen(back);
    }
  });
});
