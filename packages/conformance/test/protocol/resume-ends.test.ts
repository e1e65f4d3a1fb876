import { describe, expect, test } from "vitest";
import { eachListener, eachSteppedListener } from "../../src/each-listener.ts";
import { awaitDepartures, everyoneIn, identifiedClient } from "../../src/identified.ts";
import { refusal } from "../../src/queues.ts";
import type { RawClient } from "../../src/raw-client.ts";
import { comeBack, cut, resumable, resumeCaps, steady } from "../../src/sessions.ts";
import { listeners, startServer } from "../../src/start-server.ts";
import { endOf, expectAbort, openStream, provesOpen, takeDispatch } from "../../src/streams.ts";

const auth = "s3cret";
/** [RS-2] */
const graceMs = 30_000;

const endings: readonly (readonly [string, boolean, (client: RawClient) => unknown])[] = [
  ["is cut", true, (client) => client.socket.terminate()],
  ["closes with 4000", true, (client) => client.close(4000)],
  ["closes with 1011", true, (client) => client.close(1011)],
  ["closes without a code", false, (client) => client.socket.close()],
  ["closes with 1000", false, (client) => client.close(1000)],
  ["closes with 1001", false, (client) => client.close(1001)],
  ["makes a fatal mistake", false, (client) => client.send({ op: 99 })],
];

eachListener("how sessions end", ["--auth", auth], (server) => {
  const identify = { caps: resumeCaps, auth };
  const trusted = () => resumable(server(), { identify });
  const peerOf = () => resumable(server(), { identify: { auth } });

  test.each(endings)("[RS-2] where a connection %s its session stays: %s", async (_name, stays, end) => {
    const client = await trusted();
    await using peer = await peerOf();
    const near = await openStream(peer, client, 0);
    end(client);
    await client.closed;
    await awaitDepartures(server());
    if (!stays) await expectAbort(near.caller, "stream/peer-lost", true);
    await peer.settle();
    await using back = await comeBack(server(), client, { identify: { auth } });
    if (!stays) {
      expect(back.ready).toMatchObject({ resumed: false, missed: null });
      expect(back.ready.session).not.toBe(client.ready.session);
      return;
    }
    expect(back.ready).toMatchObject({ resumed: true });
    await provesOpen({ caller: near.caller, callee: endOf(back, near.callee.id) });
  });

  test("[RS-4] a session that never was: a new one begins, and the client is as any other", async () => {
    await using client = await trusted();
    for (const session of ["x", "x".repeat(128), "신경", `${client.ready.session}x`, ` ${client.ready.session}`]) {
      await using other = await resumable(server(), { identify: { auth, resume: { session, seq: 0 } } });
      expect(other.ready).toMatchObject({ resumed: false, missed: null, session: expect.any(String) });
      expect([session, client.ready.session]).not.toContain(other.ready.session);
      other.dispatch("SEND", { target: everyoneIn(other.application), payload: 1 });
      expect(await other.next()).toMatchObject({ t: "SEND", seq: 1 });
    }
    await client.settle();
  });

  test("[RS-3, RS-4] nobody else takes a session over: not by other ids, and it stays where it is", async () => {
    const client = await trusted();
    await using peer = await peerOf();
    const near = await openStream(peer, client, 0);
    cut(client);
    await awaitDepartures(server());
    for (const ids of [{ id: "thief" }, { application: "thieves" }]) {
      await using thief = await comeBack(server(), client, { ...ids, identify: { auth } });
      expect(thief.ready).toMatchObject({ resumed: false, missed: null });
      await thief.settle();
    }
    await using back = await comeBack(server(), client, { identify: { auth } });
    expect(back.ready).toMatchObject({ resumed: true });
    await provesOpen({ caller: near.caller, callee: endOf(back, near.callee.id) });
  });

  test("[RS-3] nor without the trust that it had", async () => {
    const client = await trusted();
    await using peer = await peerOf();
    const near = await openStream(peer, client, 0);
    cut(client);
    await awaitDepartures(server());
    const stranger = await comeBack(server(), client);
    expect(stranger.ready).toMatchObject({ resumed: false, restricted: true });
    await stranger.settle();
    await stranger.close();
    await awaitDepartures(server());
    near.caller.data({ payload: "secret" });
    await peer.settle();
    await using back = await comeBack(server(), client, { identify: { auth } });
    expect(back.ready).toMatchObject({ resumed: true, restricted: false });
    expect((await takeDispatch(back, "DATA")).payload).toBe("secret");
  });

  test("[RS-3] nor in another encoding", async () => {
    const client = await trusted();
    cut(client);
    await awaitDepartures(server());
    const { application, id } = client;
    const resume = { session: client.ready.session, seq: 0 };
    await using other = await resumable(server(), { application, id, encoding: "msgpack", identify: { auth, resume } });
    expect(other.ready).toMatchObject({ resumed: false });
  });

  test("[RS-6] an identify with the same ids and without resume takes the name: the session is over", async () => {
    const client = await trusted();
    await using peer = await peerOf();
    const near = await openStream(peer, client, 0);
    cut(client);
    await awaitDepartures(server());
    const { application, id } = client;
    const heir = await identifiedClient(server(), { application, id, identify: { auth } });
    await expectAbort(near.caller, "stream/peer-lost", true);
    await heir.close();
    await awaitDepartures(server());
    await using back = await comeBack(server(), client, { identify: { auth } });
    expect(back.ready).toMatchObject({ resumed: false, missed: null });
  });

  test("[RS-4] a number that was never sent cannot be resumed from, and the old session ends", async () => {
    const client = await trusted();
    await using peer = await peerOf();
    const near = await openStream(peer, client, 0);
    cut(client);
    await awaitDepartures(server());
    await using back = await comeBack(server(), client, { seq: 1000, identify: { auth } });
    expect(back.ready).toMatchObject({ resumed: false, missed: null });
    await expectAbort(near.caller, "stream/peer-lost", true);
  });

  test.each([
    ["no map", "x"],
    ["a list", []],
    ["without a session", { seq: 0 }],
    ["with an empty session", { session: "", seq: 0 }],
    ["with a session that is no text", { session: 1, seq: 0 }],
    ["without a number", { session: "x" }],
    ["with a number below 0", { session: "x", seq: -1 }],
    ["with a number that is none", { session: "x", seq: "1" }],
    ["with a number that is no whole one", { session: "x", seq: 1.5 }],
  ])("[I-5] a resume that is %s fails with identify/invalid", async (_name, resume) => {
    await expect(resumable(server(), { identify: { auth, resume } })).rejects.toThrow("identify/invalid");
  });

  test("[RS-4] a null resume is as good as none", async () => {
    await using client = await resumable(server(), { identify: { auth, resume: null } });
    expect(Object.keys(client.ready)).not.toContain("resumed");
  });

  test("[RS-1, X-3] resume without the extension means nothing", async () => {
    const resume = { session: "x", seq: 0 };
    await using client = await identifiedClient(server(), { identify: { auth, resume, caps: ["receipt"] } });
    expect(Object.keys(client.ready)).not.toContain("resumed");
    client.dispatch("RECEIVED", { seq: 0 });
    expect(await client.next()).toMatchObject(refusal("dispatch/unknown-event"));
  });

  test("[RS-5] an invalid RECEIVED is refused, and harms nothing", async () => {
    const client = await trusted();
    for (const d of [null, {}, [], { seq: -1 }, { seq: "1" }, { seq: 1.5 }, { seq: null }]) {
      client.dispatch("RECEIVED", d);
      expect(await client.next()).toMatchObject(refusal("dispatch/invalid"));
    }
    cut(client);
    await awaitDepartures(server());
    await using back = await comeBack(server(), client, { identify: { auth } });
    expect(back.ready).toMatchObject({ resumed: true, received: 0 });
  });
});

eachSteppedListener("the time that there is to resume", { heartbeatIntervalMs: 1_000_000_000 }, (server) => {
  test("[RS-2, RS-6] is 30 seconds, to the last", async () => {
    for (const [waitMs, resumed] of [
      [graceMs - 1, true],
      [graceMs + 100, false],
    ] as const) {
      const client = await resumable(server());
      await using peer = await steady(server());
      const near = await openStream(peer, client, 0);
      cut(client);
      await awaitDepartures(server());
      server().clock.step(waitMs);
      if (!resumed) await expectAbort(near.caller, "stream/peer-lost", true);
      await peer.settle();
      await using back = await comeBack(server(), client);
      expect(back.ready).toMatchObject(resumed ? { resumed } : { resumed, missed: null });
      if (resumed) await provesOpen({ caller: near.caller, callee: endOf(back, near.callee.id) });
    }
  });

  test("[RS-6] it begins anew with each connection that breaks", async () => {
    let client = await resumable(server());
    for (let round = 0; round < 3; round++) {
      cut(client);
      await awaitDepartures(server());
      server().clock.step(graceMs - 1);
      client = await comeBack(server(), client);
      expect(client.ready).toMatchObject({ resumed: true });
      server().clock.step(2 * graceMs);
      await client.settle();
    }
    await client.close();
  });

  test("[RS-2] a caller that stays away is gone when the time is over: its callee hears stream/cancelled", async () => {
    const client = await resumable(server());
    await using peer = await steady(server());
    const stream = await openStream(client, peer, 0);
    cut(client);
    await awaitDepartures(server());
    stream.callee.data({ payload: 1 });
    await peer.settle();
    server().clock.step(graceMs + 100);
    await expectAbort(stream.callee, "stream/cancelled", true);
  });

  test("[RS-2, ST-15] deadlines of its streams go on while it is away, and it hears of them", async () => {
    const client = await resumable(server());
    await using peer = await steady(server());
    const stream = await openStream(client, peer, 0, { deadline_ms: 5000 });
    cut(client);
    await awaitDepartures(server());
    server().clock.step(5100);
    await expectAbort(stream.callee, "stream/deadline", true);
    await using back = await comeBack(server(), client);
    expect(await takeDispatch(back, "ABORT")).toMatchObject({ id: 0, code: "stream/deadline" });
  });
});

describe.each(listeners)("limits of sessions (%s)", (listener) => {
  test("[RS-4, RS-5] who lacks frames that are kept no more cannot resume, and is told how many it missed", async () => {
    await using server = await startServer({ listener, flags: ["--max-resume-frames", "10"] });
    for (const [sent, resumed] of [
      [10, true],
      [11, false],
    ] as const) {
      const client = await resumable(server);
      await using peer = await steady(server);
      const near = await openStream(peer, client, 0);
      client.dispatch("RECEIVED", { seq: 1 });
      await client.settle();
      cut(client);
      await awaitDepartures(server);
      for (let i = 0; i < sent; i++) near.caller.data({ payload: i });
      await peer.settle();
      await using back = await comeBack(server, client);
      if (resumed) {
        expect(back.ready).toMatchObject({ resumed });
        for (let i = 0; i < sent; i++) expect((await takeDispatch(back, "DATA")).payload).toBe(i);
      } else {
        expect(back.ready).toMatchObject({ resumed, missed: sent });
        expect(back.ready.session).not.toBe(client.ready.session);
        await expectAbort(near.caller, "stream/peer-lost", true);
      }
    }
  });

  test("[RS-5] bytes count as well", async () => {
    await using server = await startServer({ listener, flags: ["--max-resume-bytes", "65536"] });
    const client = await resumable(server);
    await using peer = await steady(server);
    const near = await openStream(peer, client, 0);
    cut(client);
    await awaitDepartures(server);
    for (let i = 0; i < 5; i++) near.caller.data({ payload: "x".repeat(20_000) });
    await peer.settle();
    await using back = await comeBack(server, client);
    expect(back.ready).toMatchObject({ resumed: false, missed: 5 });
  });

  test("[RS-6] of those that are away the one that has been so longest ends first", async () => {
    await using server = await startServer({ listener, flags: ["--max-away-clients", "2"] });
    const clients = [await resumable(server), await resumable(server), await resumable(server)];
    for (const client of clients) {
      cut(client);
      await awaitDepartures(server);
    }
    const outcomes = [];
    for (const client of clients) outcomes.push((await comeBack(server, client)).ready.resumed);
    expect(outcomes).toEqual([false, true, true]);
  });

  test("[RS-6] with no time to resume there is none", async () => {
    await using server = await startServer({ listener, flags: ["--resume-ms", "0"] });
    const client = await resumable(server);
    cut(client);
    await awaitDepartures(server);
    await using back = await comeBack(server, client);
    expect(back.ready.resumed ?? false).toBe(false);
  });

  test("[RS-8] sessions end with the server", async () => {
    const first = await startServer({ listener });
    const client = await resumable(first);
    await first[Symbol.asyncDispose]();
    await using second = await startServer({ listener });
    await using back = await comeBack(second, client);
    expect(back.ready).toMatchObject({ resumed: false, missed: null });
  });

  test("[RS-2] goodbye ends them", async () => {
    const flags = ["--goodbye-ms", "600000", "--drain-timeout-ms", "600000"];
    await using server = await startServer({ listener, flags });
    const client = await resumable(server);
    await using other = await steady(server);
    const near = await openStream(other, client, 0);
    server.signal("SIGTERM");
    expect(await client.next()).toMatchObject({ op: 7 });
    expect(await other.next()).toMatchObject({ op: 7 });
    cut(client);
    await expectAbort(near.caller, "stream/peer-lost", true);
  });
});
