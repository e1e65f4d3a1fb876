import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { eachListener } from "../../src/each-listener.ts";
import { ask } from "../../src/http.ts";
import { freshName, type IdentifiedClient, leave } from "../../src/identified.ts";
import { refusal } from "../../src/queues.ts";
import { listeners, type RunningServer, startServer } from "../../src/start-server.ts";
import {
  member,
  publish,
  queueOf,
  queuePath,
  settleEvent,
  subscribe,
  takeEvent,
  takeEvents,
  topicClient,
  unsubscribe,
} from "../../src/topics.ts";

const auth = "s3cret";

eachListener("topics of restricted clients", ["--auth", auth], (server) => {
  test("[TO-17] can neither subscribe nor publish", async () => {
    await using client = await topicClient(server());
    const frames = {
      SUBSCRIBE: { topics: ["a"] },
      UNSUBSCRIBE: { topics: ["a"] },
      PUBLISH: { topic: "a", payload: 1, nonce: "n" },
    };
    for (const [t, d] of Object.entries(frames)) {
      client.dispatch(t, d);
      expect(await client.next()).toMatchObject(refusal("dispatch/restricted"));
    }
    await using sender = await topicClient(server(), { identify: { auth } });
    expect((await publish(sender, "a")).groups).toBe(0);
  });
});

eachListener("the queue behind a group", [], (server) => {
  test("[TO-16] is looked at by its name", async () => {
    const [topic, group] = [freshName("topic"), freshName("신 group").replace(" ", "/")];
    await using sender = await topicClient(server());
    await using client = await member(server(), topic, { group, max_in_flight: 1 });
    for (let i = 0; i < 3; i++) await publish(sender, topic, i, { headers: { a: "b" } });
    const event = await takeEvent(client);
    expect((await ask(server(), "GET", queuePath(group))).json).toMatchObject({
      queue: queueOf(group),
      ready: 2,
      leased: 1,
      dead: 0,
      consumers: 1,
      paused: false,
    });
    const { json } = await ask(server(), "GET", "/api/v1/queues?prefix=%24topic%2F");
    expect(json.queues.map(({ queue }: { queue: string }) => queue)).toContain(queueOf(group));
    const listed = await ask(server(), "GET", `${queuePath(group)}/messages`);
    expect(listed.json.messages).toMatchObject([{ payload: 1, headers: { a: "b" } }, { payload: 2 }]);
    const leased = await ask(server(), "GET", `${queuePath(group)}/messages?state=leased`);
    expect(leased.json.messages).toMatchObject([{ id: event.id, holder: { client_id: client.id } }]);
  });

  test("[TO-16] is paused and resumed, and purged", async () => {
    const [topic, group] = [freshName("topic"), freshName("group")];
    await using sender = await topicClient(server());
    await using client = await member(server(), topic, { group });
    await ask(server(), "POST", `${queuePath(group)}/pause`);
    for (let i = 0; i < 3; i++) expect((await publish(sender, topic, i)).groups).toBe(1);
    await client.settle();
    await ask(server(), "POST", `${queuePath(group)}/resume`);
    expect((await takeEvents(client, 3)).map(({ payload }) => payload)).toEqual([0, 1, 2]);
    await ask(server(), "POST", `${queuePath(group)}/pause`);
    for (let i = 3; i < 6; i++) await publish(sender, topic, i);
    const purged = await ask(server(), "POST", `${queuePath(group)}/purge`, { body: { state: "all" } });
    expect(purged.json).toEqual({ count: 3 });
    await ask(server(), "POST", `${queuePath(group)}/resume`);
    await client.settle();
    await publish(sender, topic, "after");
    expect((await takeEvent(client)).payload).toBe("after");
  });

  test("[TO-16] is refused to QUEUE and QUEUE_REQUEST", async () => {
    const [topic, group] = [freshName("topic"), freshName("group")];
    await using client = await member(server(), topic, { group });
    await using other = await topicClient(server(), { identify: { caps: ["receipt", "queue2"] } });
    for (const queue of [queueOf(group), "$topic/"]) {
      other.dispatch("QUEUE", { queue, target: {}, payload: "smuggled", nonce: "n" });
      expect(await other.next()).toMatchObject(
        refusal("dispatch/invalid", { nonce: "n", extra_info: { at: "/d/queue" } }),
      );
      other.dispatch("QUEUE_REQUEST", { queue });
      expect(await other.next()).toMatchObject(refusal("dispatch/invalid", { extra_info: { at: "/d/queue" } }));
    }
    await client.settle();
  });
});

/** A server with a data folder, which can be killed and started again. */
async function onDisk(listener: (typeof listeners)[number], flags: readonly string[] = []) {
  const folder = await mkdtemp(join(tmpdir(), "singyeong-topics-"));
  const start = (): Promise<RunningServer> => startServer({ listener, flags: ["--data-dir", folder, ...flags] });
  let server = await start();
  return {
    get server() {
      return server;
    },
    async crash() {
      await server[Symbol.asyncDispose]();
      server = await start();
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** Subscribes after a restart: the events that come with it, whatever their order. */
async function comesBack(server: RunningServer, topic: string, more: object, count: number) {
  const client = await topicClient(server);
  client.dispatch("SUBSCRIBE", { topics: [topic], max_in_flight: 10_000, ...more });
  const frames = [];
  while (frames.length <= count) frames.push(await client.next());
  const events = frames.filter(({ t }) => t === "EVENT").map(({ d }) => d);
  return { client, events, payloads: events.map(({ payload }) => payload) };
}

describe.each(listeners)("topics over a kill of the server (%s)", { timeout: 60_000 }, (listener) => {
  test("[TO-3, TO-6] what was answered for is there, in order; what was acknowledged for certain is not", async () => {
    await using disk = await onDisk(listener);
    const sender = await topicClient(disk.server);
    const client = await member(disk.server, ["t.a", "t.*"], { group: "g", max_in_flight: 5 });
    const other = await member(disk.server, "t.>", { group: "h" });
    await leave(disk.server, other);
    for (let i = 0; i < 30; i++) await publish(sender, "t.a", i);
    const events = await takeEvents(client, 5);
    for (const event of events.slice(0, 2)) {
      client.send({ op: 4, t: "ACK", nonce: event.payload, d: { id: event.id } });
      for (let frame = await client.next(); frame.t !== "QUEUE_SETTLED"; frame = await client.next());
    }
    await disk.crash();
    const g = await comesBack(disk.server, "t.*", { group: "g" }, 28);
    expect([...g.payloads].sort((a, b) => a - b)).toEqual(Array.from({ length: 28 }, (_, i) => i + 2));
    const again = g.events.find(({ payload }) => payload === 2);
    expect(again.id).toBe(events[2]!.id);
    await g.client.settle();
    const h = await comesBack(disk.server, "t.>", { group: "h" }, 30);
    expect(h.payloads).toEqual([...Array(30).keys()]);
    await h.client.settle();
    await g.client[Symbol.asyncDispose]();
    await h.client[Symbol.asyncDispose]();
  });

  test("[TO-3, TO-5] a group has its patterns after a kill: what is published then waits for it", async () => {
    await using disk = await onDisk(listener);
    const client = await member(disk.server, "t", { group: "g" });
    await subscribe(client, "u", { group: "g" });
    await unsubscribe(client, "u");
    await disk.crash();
    await using sender = await topicClient(disk.server);
    expect((await publish(sender, "t", "after")).groups).toBe(1);
    expect((await publish(sender, "v", "nobody's")).groups).toBe(0);
    const back = await comesBack(disk.server, "t", { group: "g" }, 1);
    expect(back.payloads).toEqual(["after"]);
    await back.client[Symbol.asyncDispose]();
  });

  test("[TO-6] ids are unique over kills", async () => {
    await using disk = await onDisk(listener);
    const ids: string[] = [];
    for (let round = 0; round < 3; round++) {
      const sender = await topicClient(disk.server);
      for (let i = 0; i < 10; i++) ids.push((await publish(sender, i % 2 === 0 ? "t" : "nobody's")).id);
      if (round === 0) await member(disk.server, "t");
      await disk.crash();
    }
    expect(new Set(ids).size).toBe(30);
  });

  test("[TO-4] what topics keep is there after a kill", async () => {
    await using disk = await onDisk(listener);
    const sender = await topicClient(disk.server);
    for (let i = 0; i < 20; i++) await publish(sender, `t.${i % 2}`, i);
    await disk.crash();
    const back = await comesBack(disk.server, "t.*", { group: "new", from: "earliest" }, 20);
    expect(back.payloads).toEqual([...Array(20).keys()]);
    await back.client[Symbol.asyncDispose]();
  });

  test("[TO-9] topics of memory work alike, and are gone with the server; all others stay", async () => {
    await using disk = await onDisk(listener, ["--memory-topics", "m.>,x"]);
    const sender = await topicClient(disk.server);
    const client = await member(disk.server, ["m.*", "x", "d"], { group: "g" });
    const topics = ["m.a", "x", "d", "m.b"];
    for (const topic of topics) expect((await publish(sender, topic, topic)).groups).toBe(1);
    const events = await takeEvents(client, 4);
    expect(events.map(({ payload, attempt }) => [payload, attempt])).toEqual(topics.map((topic) => [topic, 1]));
    client.dispatch("NACK", { id: events[0]!.id });
    expect(await takeEvent(client)).toMatchObject({ id: events[0]!.id, attempt: 2, payload: "m.a" });
    await settleEvent(client, "ACK", events[1]!);
    await disk.crash();
    const back = await comesBack(disk.server, ">", { group: "g" }, 1);
    expect(back.payloads).toEqual(["d"]);
    await back.client.settle();
    const fresh = await comesBack(disk.server, ">", { group: "fresh", from: "earliest" }, 1);
    expect(fresh.payloads).toEqual(["d"]);
    await back.client[Symbol.asyncDispose]();
    await fresh.client[Symbol.asyncDispose]();
  });

  test("[TO-6, TO-11, TO-12] killed under traffic, over and over: nothing that was answered for is lost, nothing settled comes again", async () => {
    await using disk = await onDisk(listener);
    const tale: Tale = { stored: new Set(), seen: new Set(), settled: new Set(), again: [] };
    const terms = { topics: ["t"], group: "g", max_in_flight: 50 };
    let next = 0;
    for (let round = 0; round < 3; round++) {
      const sender = await topicClient(disk.server);
      const client = await topicClient(disk.server);
      client.dispatch("SUBSCRIBE", terms);
      const consuming = consume(client, tale);
      const publishing = noteStored(sender, tale, 300);
      for (let i = 0; i < 600; i++) sender.dispatch("PUBLISH", { topic: "t", payload: next, nonce: next++ });
      await publishing.some;
      await disk.crash();
      await Promise.all([consuming, publishing.all]);
    }
    const client = await topicClient(disk.server);
    client.dispatch("SUBSCRIBE", terms);
    const rest = consume(client, tale);
    const isMissing = (): boolean => [...tale.stored].some((i) => !tale.seen.has(i));
    while (isMissing()) await Promise.race([rest, ask(disk.server, "GET", queuePath("g"))]);
    await client.close();
    await rest;
    expect(tale.stored.size).toBeGreaterThanOrEqual(900);
    expect(tale.settled.size).toBeGreaterThan(0);
    expect(tale.again).toEqual([]);
  });
});

/** What clients know by payload: what was stored for certain, came, was settled for certain, and came although it was. */
interface Tale {
  readonly stored: Set<number>;
  readonly seen: Set<number>;
  readonly settled: Set<number>;
  readonly again: number[];
}

/** Acknowledges all events until the connection ends. */
async function consume(client: IdentifiedClient, { seen, settled, again }: Tale): Promise<void> {
  for (;;) {
    const frame = await client.nextOrClosed();
    if (!("op" in frame)) return;
    if (frame.t === "QUEUE_SETTLED") settled.add(frame.d.nonce);
    if (frame.t !== "EVENT") continue;
    const { id, payload } = frame.d;
    if (settled.has(payload)) again.push(payload);
    seen.add(payload);
    client.send({ op: 4, t: "ACK", nonce: payload, d: { id } });
  }
}

/** Notes what is answered for until the connection ends; `some` resolves at so many of them. */
function noteStored(client: IdentifiedClient, { stored }: Tale, count: number) {
  let noteSome = (): void => {};
  const some = new Promise<void>((resolve) => {
    noteSome = resolve;
  });
  const read = async (): Promise<void> => {
    for (let answers = 1; ; answers++) {
      const frame = await client.nextOrClosed();
      if (!("op" in frame)) return;
      if (frame.t === "PUBLISHED") stored.add(frame.d.nonce);
      if (answers === count) noteSome();
    }
  };
  return { some, all: read() };
}
