import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { drainInbox, everyoneIn } from "../../src/identified.ts";
import {
  endOf,
  firstCredit,
  newStream,
  openStream,
  provesOpen,
  settleBoth,
  streamer,
  takeDispatch,
} from "../../src/streams.ts";

eachListener("messages of a stream", [], (server) => {
  describe.each(encodings)("in %s", (encoding) => {
    const both = { from: { encoding }, to: { encoding } };

    test("[ST-7, ST-11] arrive both ways in the order sent, with an end of each side", async () => {
      await using at = await newStream(server(), both);
      const { caller, callee } = at;
      for (let i = 0; i < 10; i++) {
        caller.data({ payload: { up: i } });
        callee.data({ payload: { down: i } });
      }
      caller.data({ payload: "last", end: true });
      callee.data({ end: true });
      for (let i = 0; i < 10; i++) {
        expect(await callee.take("DATA")).toEqual({ id: callee.id, payload: { up: i } });
        expect(await caller.take("DATA")).toEqual({ id: caller.id, payload: { down: i } });
      }
      expect(await callee.take("DATA")).toEqual({ id: callee.id, payload: "last", end: true });
      expect(await caller.take("DATA")).toEqual({ id: caller.id, end: true });
      await settleBoth(at);
    });

    test("[ST-7] an end without a message has no payload; null is a payload like any other", async () => {
      await using at = await newStream(server(), both);
      at.caller.data({ payload: null });
      expect(await at.callee.take("DATA")).toEqual({ id: at.callee.id, payload: null });
      at.caller.data({ end: true });
      expect(await at.callee.take("DATA")).toEqual({ id: at.callee.id, end: true });
      at.callee.data({ payload: null, end: true });
      expect(await at.caller.take("DATA")).toEqual({ id: at.caller.id, payload: null, end: true });
    });

    test("[ST-7] end: false and null are none, nor are null headers any", async () => {
      await using at = await newStream(server(), { ...both, call: { end: false } });
      expect(at.call.end).toBe(false);
      for (const more of [{ end: false }, { end: null }, { headers: null }]) {
        at.caller.data({ payload: 1, ...more });
        const { headers, end = false, ...rest } = await at.callee.take("DATA");
        expect([rest, end, headers]).toEqual([{ id: at.callee.id, payload: 1 }, false, undefined]);
      }
      await provesOpen(at);
    });

    test("[ST-11] headers go before messages, with them, and as trailers with the end", async () => {
      await using at = await newStream(server(), both);
      const { caller, callee } = at;
      callee.data({ headers: { type: "text", "": "신경" } });
      callee.data({ headers: { part: "1" }, payload: "a" });
      callee.data({ headers: { checksum: "0" }, end: true });
      expect(await caller.take("DATA")).toEqual({ id: 0, headers: { type: "text", "": "신경" } });
      expect(await caller.take("DATA")).toEqual({ id: 0, headers: { part: "1" }, payload: "a" });
      expect(await caller.take("DATA")).toEqual({ id: 0, headers: { checksum: "0" }, end: true });
      caller.data({ headers: { up: "too" }, payload: 1, end: true });
      expect(await callee.take("DATA")).toEqual({ id: callee.id, headers: { up: "too" }, payload: 1, end: true });
    });

    test("[ST-7] who has ended still gets messages, and gives credit for them", async () => {
      await using at = await newStream(server(), { ...both, call: { end: true } });
      const { caller, callee } = at;
      expect(at.call.end).toBe(true);
      for (let i = 0; i < 3 * firstCredit; i++) {
        callee.data({ payload: i });
        expect(await caller.take("DATA")).toEqual({ id: 0, payload: i });
        caller.credit(1);
        expect(await callee.take("CREDIT")).toEqual({ id: callee.id, n: 1 });
      }
      callee.data({ payload: "last", end: true });
      expect(await caller.take("DATA")).toEqual({ id: 0, payload: "last", end: true });
      await settleBoth(at);
    });

    test("[ST-7] a callee that ends first still gets what the caller sends", async () => {
      await using at = await newStream(server(), both);
      const { caller, callee } = at;
      callee.data({ payload: "early", end: true });
      expect(await caller.take("DATA")).toMatchObject({ payload: "early", end: true });
      for (let i = 0; i < firstCredit; i++) caller.data({ payload: i });
      for (let i = 0; i < firstCredit; i++) expect((await callee.take("DATA")).payload).toBe(i);
      caller.data({ end: true });
      await callee.take("DATA");
      await settleBoth(at);
    });
  });

  test("[ST-7] DATA after an end is ignored, and the other direction goes on", async () => {
    await using at = await newStream(server());
    const { caller, callee } = at;
    caller.data({ end: true });
    await callee.take("DATA");
    // More than there is credit for: what is ignored is not counted either.
    for (let i = 0; i < 3 * firstCredit; i++) caller.data({ payload: i, end: i % 2 === 0 });
    await settleBoth(at);
    callee.data({ payload: "still here" });
    expect((await caller.take("DATA")).payload).toBe("still here");
    callee.data({ end: true });
    expect(await caller.take("DATA")).toEqual({ id: 0, end: true });
  });

  test("[ST-7] the same after a CALL that was the end", async () => {
    await using at = await newStream(server(), { call: { end: true, payload: 1 } });
    for (let i = 0; i < 3; i++) at.caller.data({ payload: i });
    await settleBoth(at);
    at.callee.data({ payload: "answer", end: true });
    expect((await at.caller.take("DATA")).payload).toBe("answer");
  });

  test("[ST-7] frames for a stream that is over are ignored, from either end", async () => {
    await using at = await newStream(server());
    await using other = await newStream(server());
    const { caller, callee } = at;
    caller.data({ end: true });
    await callee.take("DATA");
    callee.data({ end: true });
    await caller.take("DATA");
    for (const end of [caller, callee]) {
      for (let i = 0; i < 2 * firstCredit; i++) end.data({ payload: i });
      end.data({ end: true });
      end.credit(1);
      end.abort();
    }
    await settleBoth(at);
    await provesOpen(other);
  });

  test("[ST-7, ST-13] the same after an ABORT, also where both abort at once", async () => {
    await using at = await newStream(server());
    const { caller, callee } = at;
    caller.abort({ code: "mine" });
    callee.abort({ code: "yours" });
    for (const end of [caller, callee]) {
      end.data({ payload: 1 });
      end.credit(5);
      end.abort();
    }
    // One of the two came first, and its ABORT is all that there is to hear of it, at the other end.
    const heard = [...(await drainInbox(caller.client)), ...(await drainInbox(callee.client))];
    const rest = [...(await drainInbox(caller.client)), ...(await drainInbox(callee.client))];
    expect([...heard, ...rest].map(({ t }) => t)).toEqual(["ABORT"]);
  });

  test("[ST-7] frames for a stream that never was are ignored, whatever its id", async () => {
    await using client = await streamer(server());
    for (const id of [0, 1, -1, -2, 2 ** 53 - 1, -(2 ** 53 - 1)]) {
      const end = endOf(client, id);
      end.data({ payload: 1 });
      end.data({ end: true });
      end.credit(1_000_000);
      end.abort({ code: "x", data: [1] });
    }
    await client.settle();
  });

  test("[ST-7] another's stream is out of reach: only its own two connections have its ids", async () => {
    await using at = await newStream(server());
    await using thief = await streamer(server());
    for (const id of [at.caller.id, at.callee.id]) {
      const end = endOf(thief, id);
      end.data({ payload: "forged", end: true });
      end.credit(5);
      end.abort();
    }
    // Nor has the caller the callee's id, nor the callee the caller's.
    endOf(at.caller.client, at.callee.id).abort();
    endOf(at.callee.client, at.caller.id).abort();
    await thief.settle();
    await provesOpen(at);
  });

  test("[ST-7] a late frame of an old stream does not reach the one that has its id by now", async () => {
    await using caller = await streamer(server());
    await using callee = await streamer(server());
    const old = await openStream(caller, callee, 0);
    old.caller.abort();
    caller.dispatch("CALL", { id: 0, target: everyoneIn(callee.application), method: "m" });
    await old.callee.take("ABORT");
    const { id } = await takeDispatch(callee, "CALL");
    expect(id).not.toBe(old.callee.id);
    for (let i = 0; i < 3; i++) old.callee.data({ payload: "late", end: true });
    old.callee.abort({ code: "late" });
    old.callee.credit(3);
    await callee.settle();
    await caller.settle();
    await provesOpen({ caller: endOf(caller, 0), callee: endOf(callee, id) });
  });
});
