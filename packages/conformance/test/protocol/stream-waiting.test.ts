import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { createCrowd } from "../../src/crowd.ts";
import { eachSteppedListener } from "../../src/each-listener.ts";
import { drainInbox, everyoneIn, freshName, type IdentifiedClient, leave } from "../../src/identified.ts";
import { refusal } from "../../src/queues.ts";
import {
  endOf,
  expectAbort,
  firstCredit,
  provesOpen,
  type StreamEnd,
  streamer,
  takeDispatch,
} from "../../src/streams.ts";

const patient = { heartbeatIntervalMs: 1_000_000_000 };
/** How late the server may be with a deadline ([ST-15]). */
const toleranceMs = 100;
const waitMs = 10_000;

eachSteppedListener("calls that wait", patient, (server) => {
  const join = (application: string, identify: object = {}): Promise<IdentifiedClient> =>
    streamer(server(), { application, identify: { ...identify } as Record<string, unknown> });

  /** A call to an application that nobody is of yet. */
  async function waiting(client: IdentifiedClient, application: string, more: object = {}, id = 0): Promise<StreamEnd> {
    client.dispatch("CALL", { id, target: everyoneIn(application), method: "m", wait_ms: waitMs, ...more });
    await client.settle();
    return endOf(client, id);
  }

  describe.each(encodings)("in %s", (encoding) => {
    test("[ST-5] goes to the client that comes, and what was sent meanwhile follows in order", async () => {
      const application = freshName("app");
      await using caller = await streamer(server(), { encoding });
      const near = await waiting(caller, application, { payload: { first: 1 }, headers: { a: "b" } });
      for (let i = 0; i < firstCredit; i++) near.data({ payload: { i } });
      near.data({ payload: "last", headers: { t: "r" }, end: true });
      await caller.settle();
      server().clock.step(waitMs - 1);
      await using callee = await streamer(server(), { application, encoding });
      const call = await takeDispatch(callee, "CALL");
      expect(call).toMatchObject({ method: "m", payload: { first: 1 }, headers: { a: "b" }, end: false });
      const far = endOf(callee, call.id);
      for (let i = 0; i < firstCredit; i++) expect(await far.take("DATA")).toEqual({ id: far.id, payload: { i } });
      expect(await far.take("DATA")).toEqual({ id: far.id, payload: "last", headers: { t: "r" }, end: true });
      far.data({ payload: "answer", end: true });
      expect(await near.take("DATA")).toEqual({ id: 0, payload: "answer", end: true });
      server().clock.step(10 * waitMs);
      await caller.settle();
      await callee.settle();
    });
  });

  test("[ST-5, ST-8] credit that was given meanwhile counts, to the last message", async () => {
    const application = freshName("app");
    await using caller = await streamer(server());
    const near = await waiting(caller, application);
    for (const n of [2, 3]) near.credit(n);
    await caller.settle();
    await using callee = await join(application);
    const { id } = await takeDispatch(callee, "CALL");
    const far = endOf(callee, id);
    // Whether it comes with the CALL or behind it.
    await drainInbox(callee);
    for (let i = 0; i <= firstCredit + 5; i++) far.data({ payload: i });
    for (let i = 0; i < firstCredit + 5; i++) expect((await near.take("DATA")).payload).toBe(i);
    await expectAbort(near, "stream/overrun", true);
    await expectAbort(far, "stream/overrun", true);
  });

  test("[ST-5] goes to a client that changes its metadata, or gets it when it comes", async () => {
    const application = freshName("app");
    await using caller = await streamer(server());
    await using callee = await join(application);
    const ops = [{ path: "/mood", op: "$eq", to: { value: "fine" } }];
    const near = await waiting(caller, application, { target: { application, ops } });
    await callee.settle();
    callee.dispatch("UPDATE_METADATA", { mood: { type: "string", value: "bad" } });
    await callee.settle();
    callee.dispatch("UPDATE_METADATA", { mood: { type: "string", value: "fine" } });
    const { id } = await takeDispatch(callee, "CALL");
    await provesOpen({ caller: near, callee: endOf(callee, id) });
  });

  test("[ST-5, ST-14] nobody comes in time: no match, not early, and its id is free", async () => {
    await using caller = await streamer(server());
    const near = await waiting(caller, freshName("app"));
    server().clock.step(waitMs - 1);
    await caller.settle();
    server().clock.step(1 + toleranceMs);
    await expectAbort(near, "route/no-match", false);
    near.data({ payload: "late" });
    await caller.settle();
    await waiting(caller, freshName("app"));
  });

  test("[ST-5] wait_ms of 0, null or none does not wait", async () => {
    await using caller = await streamer(server());
    for (const more of [{ wait_ms: 0 }, { wait_ms: null }, {}]) {
      caller.dispatch("CALL", { id: 0, target: everyoneIn(freshName("app")), method: "m", ...more });
      await expectAbort(endOf(caller, 0), "route/no-match", false);
    }
  });

  test("[ST-5] a call whose target matches somebody does not wait, whatever it says", async () => {
    await using caller = await streamer(server());
    await using callee = await streamer(server());
    caller.dispatch("CALL", { id: 0, target: everyoneIn(callee.application), method: "m", wait_ms: waitMs });
    const { id } = await takeDispatch(callee, "CALL");
    server().clock.step(10 * waitMs);
    await provesOpen({ caller: endOf(caller, 0), callee: endOf(callee, id) });
  });

  test("[ST-5] calls go out in the order in which they came, of one caller and of several", async () => {
    const application = freshName("app");
    await using crowd = createCrowd();
    const callers = [crowd.add(await streamer(server())), crowd.add(await streamer(server()))];
    for (let i = 0; i < 20; i++) await waiting(callers[i % 2]!, application, { payload: i }, i);
    const callee = crowd.add(await join(application));
    for (let i = 0; i < 20; i++) expect((await takeDispatch(callee, "CALL")).payload).toBe(i);
    await callee.settle();
  });

  test("[ST-5] one that nobody matches holds up no other behind it", async () => {
    const [mine, nobodys] = [freshName("app"), freshName("app")];
    await using caller = await streamer(server());
    await waiting(caller, nobodys, {}, 0);
    await waiting(caller, mine, { payload: "behind" }, 1);
    await using callee = await join(mine);
    expect((await takeDispatch(callee, "CALL")).payload).toBe("behind");
    await callee.settle();
  });

  test("[ST-5] a client without the extension, or restricted, is not the one it waits for", async () => {
    const application = freshName("app");
    await using caller = await streamer(server());
    await waiting(caller, application);
    await using plain = await join(application, { caps: ["receipt"] });
    await plain.settle();
    await using callee = await join(application);
    await takeDispatch(callee, "CALL");
  });

  test("[ST-1] the id of a call that waits is in use", async () => {
    await using caller = await streamer(server());
    const near = await waiting(caller, freshName("app"));
    caller.dispatch("CALL", { id: 0, target: everyoneIn(caller.application), method: "m" });
    expect(await caller.next()).toMatchObject(refusal("stream/id-in-use"));
    server().clock.step(waitMs + toleranceMs);
    await expectAbort(near, "route/no-match", false);
  });

  test("[ST-13] a caller that aborts, or goes, takes its call with it", async () => {
    const application = freshName("app");
    await using caller = await streamer(server());
    const near = await waiting(caller, application);
    near.data({ payload: 1 });
    near.abort();
    const gone = await streamer(server());
    await waiting(gone, application);
    await leave(server(), gone);
    await caller.settle();
    await using callee = await join(application);
    await callee.settle();
    server().clock.step(2 * waitMs);
    await caller.settle();
    await waiting(caller, freshName("app"));
  });

  test("[ST-15] a deadline that passes while a call waits ends it as not delivered, for the caller alone", async () => {
    const application = freshName("app");
    await using caller = await streamer(server());
    const near = await waiting(caller, application, { deadline_ms: 5000 });
    server().clock.step(4999);
    await caller.settle();
    server().clock.step(1 + toleranceMs);
    await expectAbort(near, "stream/deadline", false);
    await using callee = await join(application);
    await callee.settle();
    server().clock.step(2 * waitMs);
    await caller.settle();
  });

  test("[ST-15] the callee is told what is left of the deadline, which began when the call came", async () => {
    const application = freshName("app");
    await using caller = await streamer(server());
    const near = await waiting(caller, application, { deadline_ms: 9000 });
    server().clock.step(4000);
    await using callee = await join(application);
    const { id, deadline_ms } = await takeDispatch(callee, "CALL");
    expect(deadline_ms).toBe(5000);
    server().clock.step(4999);
    await caller.settle();
    await callee.settle();
    server().clock.step(1 + toleranceMs);
    await expectAbort(near, "stream/deadline", true);
    await expectAbort(endOf(callee, id), "stream/deadline", true);
  });

  test("[ST-10] more messages than credit are an overrun while it waits, and nobody is called", async () => {
    const application = freshName("app");
    await using caller = await streamer(server());
    const near = await waiting(caller, application);
    for (let i = 0; i <= firstCredit; i++) near.data({ payload: i });
    expect(await near.take("ABORT")).toMatchObject({ code: "stream/overrun" });
    await using callee = await join(application);
    await callee.settle();
  });

  test("[ST-9, ST-10] so are more bytes", async () => {
    const application = freshName("app");
    await using caller = await streamer(server());
    const near = await waiting(caller, application);
    near.data({ payload: "x".repeat(300_000) });
    await caller.settle();
    near.data({ payload: "too much" });
    expect(await near.take("ABORT")).toMatchObject({ code: "stream/overrun" });
    await using callee = await join(application);
    await callee.settle();
  });

  test("[ST-7] DATA after an end is ignored while it waits, too", async () => {
    const application = freshName("app");
    await using caller = await streamer(server());
    const near = await waiting(caller, application, { end: true });
    for (let i = 0; i < 50; i++) near.data({ payload: i });
    await caller.settle();
    await using callee = await join(application);
    expect(await takeDispatch(callee, "CALL")).toMatchObject({ end: true });
    await callee.settle();
  });
});

eachSteppedListener("how many may wait", { ...patient, maxWaitingCalls: 3 }, (server) => {
  test("[ST-6] beyond the limit calls of all clients are aborted, until there is room", async () => {
    const application = freshName("app");
    await using crowd = createCrowd();
    const callers = [crowd.add(await streamer(server())), crowd.add(await streamer(server()))];
    const call = (id: number): void =>
      callers[id % 2]!.dispatch("CALL", {
        id,
        target: everyoneIn(application),
        method: "m",
        payload: id,
        wait_ms: waitMs,
      });
    for (let id = 0; id < 3; id++) {
      call(id);
      await callers[id % 2]!.settle();
    }
    for (const id of [3, 4]) {
      call(id);
      await expectAbort(endOf(callers[id % 2]!, id), "stream/too-many", false);
    }
    endOf(callers[0]!, 0).abort();
    await callers[0]!.settle();
    call(5);
    await callers[1]!.settle();
    const callee = crowd.add(await streamer(server(), { application }));
    for (const id of [1, 2, 5]) expect((await takeDispatch(callee, "CALL")).payload).toBe(id);
    await callee.settle();
    // Those that have been answered for wait no longer.
    for (let id = 10; id < 13; id++) {
      callers[0]!.dispatch("CALL", { id, target: everyoneIn(freshName("app")), method: "m", wait_ms: waitMs });
    }
    await callers[0]!.settle();
  });
});
