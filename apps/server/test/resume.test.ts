import { describe, expect, test } from "vitest";
import { startResumeServer } from "./resume-kit.ts";

const target = (id: string) => ({ application: "app", ops: [{ path: "/name", op: "$eq", to: { value: id } }] });
const named = (id: string) => ({ metadata: { name: { type: "string", value: id } } });
const bodies = (reads: { readonly d: { readonly [key: string]: unknown } }[]) => reads.map(({ d }) => d.payload);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe.each(["uws", "node"] as const)("resuming (%s)", (listener) => {
  test.each(["json", "msgpack", "etf"])(
    "a cut under traffic costs nothing: all in order, once (%s)",
    async (encoding) => {
      await using kit = await startResumeServer(listener);
      const sender = await kit.connect();
      await sender.identify("sender");
      let client = await kit.connect(encoding);
      const first = await client.identify("c", named("c"));
      expect(first).toMatchObject({ session: expect.any(String), limits: { resume_ms: 30_000 } });
      expect(first).not.toHaveProperty("resumed");
      const got: unknown[] = [];
      let seq = 0;
      for (let round = 0; round < 5; round++) {
        for (const n of range(round * 200, round * 200 + 200))
          sender.say("BROADCAST", { target: target("c"), payload: n });
        // All of them have been sent to the client once the sender has its answer; most are lost with the connection.
        sender.say("NO_SUCH_EVENT", {});
        for (let read = await sender.next(); read.op !== 3; ) read = await sender.next();
        for (const read of await client.take(round * 37)) {
          expect(read.seq).toBe(++seq);
          got.push(read.d.payload);
        }
        client.cut();
        client = await kit.connect(encoding);
        const ready = await client.identify("c", { resume: { session: first.session, seq } });
        expect(ready).toMatchObject({ op: 2, session: first.session, resumed: true, received: 0, caps: ["resume"] });
      }
      for (const read of await client.take(1000 - got.length)) {
        expect(read.seq).toBe(++seq);
        got.push(read.d.payload);
      }
      expect(got).toEqual(range(0, 1000));
    },
  );

  test("who is away is found by nobody, and found again, as it was, when it is back", async () => {
    await using kit = await startResumeServer(listener);
    const watcher = await kit.watch();
    const client = await kit.connect();
    const { session } = await client.identify("c", named("c"));
    await watcher.saw("CLIENT_CONNECTED", "c");
    client.cut();
    await watcher.saw("CLIENT_DISCONNECTED", "c");
    expect(kit.server.clients().map(({ id }) => id)).toEqual(["watcher"]);
    const again = await kit.connect();
    await again.identify("c", { resume: { session, seq: 0 }, metadata: { name: { type: "string", value: "x" } } });
    await watcher.saw("CLIENT_CONNECTED", "c");
    again.say("SEND", { target: target("c"), payload: "me" });
    expect(await again.next()).toMatchObject({ t: "SEND", seq: 1, d: { payload: "me" } });
  });

  test("dispatches are counted, refused ones too, and told of after 128", async () => {
    await using kit = await startResumeServer(listener);
    const client = await kit.connect();
    const { session } = await client.identify("c");
    client.say("NO_SUCH_EVENT", {});
    expect(await client.next()).toMatchObject({ op: 3, seq: 1 });
    client.say("RECEIVED", { seq: 1 });
    for (let i = 0; i < 127; i++) client.say("UPDATE_METADATA", {});
    expect(await client.next()).toEqual({ op: 4, t: "RECEIVED", d: { seq: 128 }, seq: undefined });
    client.say("UPDATE_METADATA", {});
    client.say("RECEIVED", { seq: 2 });
    expect(await client.next()).toMatchObject({ op: 3, seq: 2, d: { code: "dispatch/invalid" } });
    client.cut();
    const again = await kit.connect();
    expect(await again.identify("c", { resume: { session, seq: 2 } })).toMatchObject({ resumed: true, received: 129 });
  });

  test("large dispatches are told of by their bytes", async () => {
    await using kit = await startResumeServer(listener);
    const client = await kit.connect();
    await client.identify("c");
    const payload = "x".repeat(70_000);
    const nobody = { application: "nobody", ops: [], droppable: true };
    for (let i = 0; i < 2; i++) client.say("SEND", { target: nobody, payload });
    expect(await client.next()).toMatchObject({ t: "RECEIVED", d: { seq: 2 } });
  });

  test("a session is taken over from a connection that is still open: that closes, and touches nothing any more", async () => {
    await using kit = await startResumeServer(listener);
    const client = await kit.connect();
    const { session } = await client.identify("c", named("c"));
    const again = await kit.connect();
    expect(await again.identify("c", { resume: { session, seq: 0 } })).toMatchObject({ resumed: true });
    expect((await client.closed).code).toBe(1000);
    again.say("SEND", { target: target("c"), payload: "still here" });
    expect(bodies([await again.next()])).toEqual(["still here"]);
  });

  test("frames that are lost end a session, and are counted", async () => {
    await using kit = await startResumeServer(listener, { maxResumeFrames: 5 });
    const sender = await kit.connect();
    await sender.identify("sender", { caps: ["receipt"] });
    const client = await kit.connect();
    const { session } = await client.identify("c", named("c"));
    for (const n of range(0, 8)) sender.say("SEND", { target: target("c"), payload: n, nonce: n, receipt: true });
    for (const _ of range(0, 8)) await sender.next();
    client.cut();
    const again = await kit.connect();
    const ready = await again.identify("c", { ...named("c"), resume: { session, seq: 2 } });
    expect(ready).toMatchObject({ resumed: false, missed: 6, session: expect.any(String) });
    expect(ready.session).not.toBe(session);
    expect(ready).not.toHaveProperty("received");
    again.say("SEND", { target: target("c"), payload: "anew" });
    expect(await again.next()).toMatchObject({ seq: 1, d: { payload: "anew" } });
  });

  test("who does not read is cut, and learns on coming back how much that has cost", async () => {
    await using kit = await startResumeServer(listener, { maxBacklogBytes: 65_536 });
    const sender = await kit.connect();
    await sender.identify("sender", { caps: ["receipt"] });
    const client = await kit.connect();
    const { session } = await client.identify("c", named("c"));
    client.socket.pause();
    const message = { target: target("c"), payload: "x".repeat(60_000), nonce: 1, receipt: true };
    let taken = 0;
    for (;;) {
      sender.say("SEND", message);
      if ((await sender.next()).t !== "DISPATCHED") break;
      taken++;
    }
    client.cut();
    const again = await kit.connect();
    const ready = await again.identify("c", { resume: { session, seq: 0 } });
    expect(ready).toMatchObject({ resumed: false, missed: taken });
  });

  test("an identify without resume takes the name, and the session ends; one that left by 1000 is over, too", async () => {
    await using kit = await startResumeServer(listener);
    const watcher = await kit.watch();
    for (const [id, leave] of [
      ["cut", (socket: { terminate(): void }) => socket.terminate()],
      ["left", (socket: { close(code: number): void }) => socket.close(1000)],
    ] as const) {
      const client = await kit.connect();
      const { session } = await client.identify(id);
      leave(client.socket);
      await watcher.saw("CLIENT_DISCONNECTED", id);
      const other = await kit.connect();
      if (id === "cut") expect(await other.identify(id)).not.toHaveProperty("resumed");
      other.socket.close(1000);
      if (id === "cut") await watcher.saw("CLIENT_DISCONNECTED", id);
      const again = await kit.connect();
      const ready = await again.identify(id, { resume: { session, seq: 0 } });
      expect(ready).toMatchObject({ op: 2, resumed: false, missed: null });
    }
  });

  test("a restricted client resumes; it takes no name from a trusted one that comes back", async () => {
    await using kit = await startResumeServer(listener, { auth: "secret" });
    const stranger = await kit.connect();
    const { session: strangers } = await stranger.identify("s");
    stranger.cut();
    const back = await kit.connect();
    expect(await back.identify("s", { resume: { session: strangers, seq: 0 } })).toMatchObject({ resumed: true });
    back.say("RECEIVED", { seq: 1 });
    expect(await back.next()).toMatchObject({ op: 3, d: { code: "dispatch/invalid" } });

    const watcher = await kit.connect();
    await watcher.identify("watcher", { auth: "secret", receive_client_updates: true });
    await watcher.next();
    const client = await kit.connect();
    const { session } = await client.identify("c", { auth: "secret" });
    await watcher.next();
    client.cut();
    expect(await watcher.next()).toMatchObject({ t: "CLIENT_DISCONNECTED" });
    const squatter = await kit.connect();
    expect(await squatter.identify("c")).toMatchObject({ restricted: true });
    const again = await kit.connect();
    const ready = await again.identify("c", { auth: "secret", resume: { session, seq: 0 } });
    expect(ready).toMatchObject({ resumed: true, restricted: false });
    expect(await squatter.next()).toMatchObject({ op: 8, d: { code: "identify/duplicate" } });
  });

  test("clients without the extension see none of it, and leave with their connection", async () => {
    await using kit = await startResumeServer(listener);
    const watcher = await kit.watch();
    const client = await kit.connect();
    const ready = await client.identify("c", { caps: ["receipt"], resume: "anything", ...named("c") });
    expect(Object.keys(ready).sort()).toEqual(["caps", "client_id", "limits", "node", "op", "restricted"]);
    expect(ready.limits).not.toHaveProperty("resume_ms");
    client.say("SEND", { target: target("c"), payload: 1 });
    expect((await client.next()).seq).toBeUndefined();
    client.say("RECEIVED", { seq: 0 });
    expect(await client.next()).toMatchObject({ op: 3, d: { code: "dispatch/unknown-event" } });
    client.cut();
    await watcher.saw("CLIENT_DISCONNECTED", "c");
    const other = await kit.connect();
    expect(await other.identify("c", { resume: { session: "x", seq: 0 } })).toMatchObject({ resumed: false });
  });

  test("a server that drains waits for nobody who is away", async () => {
    await using kit = await startResumeServer(listener, { resumeMs: 3_600_000, drainTimeoutMs: 60_000 });
    const watcher = await kit.watch();
    const client = await kit.connect();
    await client.identify("c");
    client.cut();
    await watcher.saw("CLIENT_DISCONNECTED", "c");
    await kit.server.drain("test");
    expect(kit.server.connections).toBe(0);
  });
});
