import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { createCrowd } from "../../src/crowd.ts";
import { eachListener } from "../../src/each-listener.ts";
import { everyoneIn, type IdentifiedClient, identifiedClient, leave } from "../../src/identified.ts";
import { numbers } from "../../src/numbers.ts";
import { refusal } from "../../src/queues.ts";
import { gap, splice } from "../../src/splice.ts";
import {
  endOf,
  expectAbort,
  firstCredit,
  newStream,
  openStream,
  provesOpen,
  streamer,
  takeDispatch,
} from "../../src/streams.ts";

const text = (key: string, value: string): object => ({ [key]: { type: "string", value } });

eachListener("opening a stream", [], (server) => {
  const joining = (application?: string): Promise<IdentifiedClient> =>
    streamer(server(), application === undefined ? {} : { application });

  describe.each(encodings)("in %s", (encoding) => {
    test("[ST-1, ST-3] a CALL reaches the callee, with who calls, and the answer the caller, each by its own id", async () => {
      await using caller = await streamer(server(), { encoding });
      await using callee = await streamer(server(), { encoding });
      caller.dispatch("CALL", {
        id: 0,
        target: everyoneIn(callee.application),
        method: "add",
        payload: [1, 2],
        end: true,
      });
      const frame = await callee.next();
      const { id } = frame.d;
      expect(frame).toMatchObject({ op: 4, t: "CALL" });
      expect(frame.d).toEqual({
        id: expect.any(Number),
        method: "add",
        from: { app: caller.application, client_id: caller.id },
        end: true,
        credit: firstCredit,
        payload: [1, 2],
      });
      expect(Number.isSafeInteger(id) && id < 0).toBe(true);
      callee.dispatch("DATA", { id, payload: 3, end: true });
      expect(await takeDispatch(caller, "DATA")).toEqual({ id: 0, payload: 3, end: true });
      await caller.settle();
      await callee.settle();
    });

    test("[ST-3] headers, codec, credit and what is left of the deadline are passed on; null is as good as absent", async () => {
      const more = { headers: { trace: "x", "": "신경" }, codec: "c".repeat(64), credit: 0, payload: null };
      await using full = await newStream(server(), { from: { encoding }, call: { ...more, deadline_ms: 600_000 } });
      const { deadline_ms, ...rest } = full.call;
      const from = { app: full.caller.client.application, client_id: full.caller.client.id };
      expect(rest).toEqual({ id: full.callee.id, method: "m", from, end: false, ...more });
      expect(deadline_ms).toBeGreaterThan(0);
      expect(deadline_ms).toBeLessThanOrEqual(600_000);

      const nothing = {
        via: null,
        headers: null,
        codec: null,
        credit: null,
        deadline_ms: null,
        wait_ms: null,
        end: null,
      };
      await using bare = await newStream(server(), { from: { encoding }, call: nothing });
      const { id, from: caller, ...fields } = bare.call;
      expect(fields).toEqual({ method: "m", end: false, credit: firstCredit });
      expect([id, caller.client_id]).toEqual([bare.callee.id, bare.caller.client.id]);
    });

    test("[ST-1] both ends may call each other at once by equal ids", async () => {
      await using one = await streamer(server(), { encoding });
      await using other = await streamer(server(), { encoding });
      for (const [from, to] of [
        [one, other],
        [other, one],
      ] as const) {
        from.dispatch("CALL", { id: 0, target: everyoneIn(to.application), method: "m", payload: from.id, end: true });
      }
      for (const [from, to] of [
        [one, other],
        [other, one],
      ] as const) {
        const { id, payload } = await takeDispatch(to, "CALL");
        expect(payload).toBe(from.id);
        to.dispatch("DATA", { id, payload: `to ${payload}`, end: true });
      }
      for (const client of [one, other]) {
        expect(await takeDispatch(client, "DATA")).toEqual({ id: 0, payload: `to ${client.id}`, end: true });
        await client.settle();
      }
    });
  });

  // Spelled out, since not every library writes integers of this size.
  const ids = { "0": 0, "2^32": 2 ** 32, "2^53-1": 2 ** 53 - 1 } as const;

  test.each(Object.keys(ids) as (keyof typeof ids)[])("[ST-1] %s is an id like any other", async (name) => {
    const id = ids[name];
    for (const encoding of encodings) {
      await using caller = await streamer(server(), { encoding });
      await using callee = await joining();
      const send = (t: string, d: object): void =>
        caller.sendRaw(splice(encoding, { op: 4, t, d: { id: gap, ...d } }, numbers[name][encoding]));
      send("CALL", { target: everyoneIn(callee.application), method: "m" });
      const far = endOf(callee, (await takeDispatch(callee, "CALL")).id);
      far.data({ payload: 1 });
      expect(await takeDispatch(caller, "DATA")).toEqual({ id, payload: 1 });
      send("CREDIT", { n: 2 });
      expect(await far.take("CREDIT")).toMatchObject({ n: 2 });
      send("DATA", { payload: 3, end: true });
      expect(await far.take("DATA")).toMatchObject({ payload: 3, end: true });
      send("ABORT", { code: "c" });
      await far.take("ABORT");
    }
  });

  test("[ST-1] an id in use is refused, and the stream that has it goes on", async () => {
    await using at = await newStream(server());
    const { caller, callee } = at;
    const target = everyoneIn(callee.client.application);
    caller.client.send({ op: 4, t: "CALL", nonce: "n", d: { id: 0, target, method: "m" } });
    expect(await caller.client.next()).toMatchObject(refusal("stream/id-in-use", { nonce: "n" }));
    await provesOpen(at);
    caller.data({ end: true });
    await callee.take("DATA");
    caller.client.dispatch("CALL", { id: 0, target, method: "m" });
    expect(await caller.client.next()).toMatchObject(refusal("stream/id-in-use"));
    await callee.client.settle();
  });

  test("[ST-1] an id may be used again once its stream is over, however it ended", async () => {
    await using caller = await joining();
    await using callee = await joining();
    const seen = new Set<number>();
    for (let round = 0; round < 30; round++) {
      const stream = await openStream(caller, callee, 7, { payload: round });
      expect(stream.call.payload).toBe(round);
      seen.add(stream.callee.id);
      if (round % 3 === 0) {
        stream.callee.abort();
        await stream.caller.take("ABORT");
      } else if (round % 3 === 1) {
        stream.caller.abort();
        await stream.callee.take("ABORT");
      } else {
        stream.caller.data({ end: true });
        await stream.callee.take("DATA");
        stream.callee.data({ end: true });
        await stream.caller.take("DATA");
      }
    }
    expect(seen.size).toBe(30);
    expect(Math.max(...seen)).toBeLessThan(0);
  });

  test("[ST-1] ids are of a connection: two callers use the same, and neither knows the other's", async () => {
    await using callee = await joining();
    await using first = await newStream(server());
    await using other = await joining();
    const stream = await openStream(other, callee, 0);
    stream.caller.data({ payload: "mine" });
    expect((await stream.callee.take("DATA")).payload).toBe("mine");
    await first.callee.client.settle();
    endOf(callee, first.callee.id - 1000).abort();
    endOf(other, 1).abort();
    await provesOpen(stream);
    await provesOpen(first);
  });

  test("[ST-2] the stream stays with the client that was picked, whatever becomes of its metadata", async () => {
    await using caller = await joining();
    await using callee = await streamer(server(), { identify: { metadata: text("mood", "fine") } });
    const ops = [{ path: "/mood", op: "$eq", to: { value: "fine" } }];
    const stream = await openStream(caller, callee, 0, { target: { application: callee.application, ops } });
    await using rival = await streamer(server(), {
      application: callee.application,
      identify: { metadata: text("mood", "fine") },
    });
    callee.dispatch("UPDATE_METADATA", text("mood", "gone"));
    await callee.settle();
    for (let i = 0; i < firstCredit; i++) stream.caller.data({ payload: i });
    for (let i = 0; i < firstCredit; i++) expect((await stream.callee.take("DATA")).payload).toBe(i);
    await rival.settle();
  });

  test("[ST-2] the target counts: ops, selector and key decide as they do for SEND", async () => {
    await using crowd = createCrowd();
    const caller = crowd.add(await joining());
    const application = `${caller.application}-pool`;
    const pool: IdentifiedClient[] = [];
    for (let load = 0; load < 4; load++) {
      const metadata = { load: { type: "integer", value: load } };
      pool.push(crowd.add(await streamer(server(), { application, identify: { metadata } })));
    }
    const least = { application, selector: { $min: "/load" } };
    for (let id = 0; id < 5; id++) await openStream(caller, pool[0]!, id, { target: least });
    for (const key of ["a", "b", "c", "d", "e"]) {
      const target = everyoneIn(application, { key });
      caller.dispatch("SEND", { target, payload: key });
      caller.dispatch("CALL", { id: key.charCodeAt(0), target, method: key });
    }
    await caller.settle();
    const calls = new Map<string, string[]>();
    for (const client of pool) {
      client.send({ op: 5, d: null });
      for (let frame = await client.next(); frame.op !== 6; frame = await client.next()) {
        const key = frame.t === "SEND" ? frame.d.payload : frame.d.method;
        calls.set(key, [...(calls.get(key) ?? []), client.id]);
      }
    }
    expect(calls.size).toBe(5);
    for (const [key, owners] of calls) expect([key, owners]).toEqual([key, [owners[0], owners[0]]]);
  });

  test("[ST-2] the caller is a candidate like any other, and may call itself", async () => {
    await using client = await joining();
    const stream = await openStream(client, client, 3, { payload: "self" });
    expect(stream.call.from).toEqual({ app: client.application, client_id: client.id });
    await provesOpen(stream);
    stream.callee.data({ payload: "done", end: true });
    expect(await stream.caller.take("DATA")).toEqual({ id: 3, payload: "done", end: true });
    stream.caller.data({ end: true });
    expect(await stream.callee.take("DATA")).toEqual({ id: stream.callee.id, end: true });
    await client.settle();
  });

  test("only clients that named the extension are called, and its events do not exist for others", async () => {
    await using caller = await joining();
    await using plain = await identifiedClient(server(), { identify: { caps: ["receipt", "queue2"] } });
    caller.dispatch("CALL", { id: 0, target: everyoneIn(plain.application), method: "m" });
    await expectAbort(endOf(caller, 0), "route/no-match", false);
    for (const t of ["CALL", "DATA", "CREDIT", "ABORT"]) {
      plain.dispatch(t, { id: 0, target: everyoneIn(caller.application), method: "m", n: 1, code: "c" });
      expect(await plain.next()).toMatchObject(refusal("dispatch/unknown-event"));
    }
    await caller.settle();
    await using callee = await joining(plain.application);
    for (let id = 0; id < 10; id++) await openStream(caller, callee, id);
    await plain.settle();
  });

  test("[ST-14] a call that nobody matches is aborted as not delivered, and its id is free", async () => {
    await using caller = await joining();
    await using gone = await joining();
    await leave(server(), gone);
    for (const target of [
      everyoneIn("nobody"),
      everyoneIn(gone.application),
      { application: ["no", "such", "tags"] },
    ]) {
      caller.dispatch("CALL", { id: 0, target, method: "m", payload: 1 });
      await expectAbort(endOf(caller, 0), "route/no-match", false);
    }
    await caller.settle();
  });

  test("[X-2, ST-9] ready tells how many bytes of a stream may be under way", async () => {
    await using client = await joining();
    expect(client.ready).toMatchObject({ caps: ["receipt", "stream"], limits: { stream_bytes: 262_144 } });
  });
});

eachListener("where calls have a limit of their own", ["--max-stream-bytes", "4096"], (server) => {
  test("[ST-9] ready tells it", async () => {
    await using client = await streamer(server());
    expect(client.ready).toMatchObject({ limits: { stream_bytes: 4096 } });
  });
});
