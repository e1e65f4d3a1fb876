import { afterEach, describe, expect, it } from "vitest";
import type { SubscribeOptions, TopicEvent } from "../src/topic/topic.ts";
import { createScene, createTray } from "./topic.kit.ts";

const scene = createScene();
afterEach(scene.end);

/** As of before sessions could be resumed: whoever is cut off has left. */
const caps = ["receipt", "queue2", "topic"];

/** A client whose events are put into a tray, where they stay until the test settles them. */
async function member(address: string, app: string, topics: string | string[], options?: SubscribeOptions) {
  const client = await scene.join(address, app, { caps });
  const tray = createTray<TopicEvent>();
  const events = client.subscribe(topics, { concurrency: 100, ...options });
  void (async () => {
    for (;;) {
      const { done, value } = await events.next();
      if (done) return;
      tray.take(value);
    }
  })().catch(() => {});
  await events.subscribed();
  return { client, tray, events };
}

describe.each(["json", "msgpack"] as const)("over %s", (encoding) => {
  it("an event comes as it was published, and its answer as it was given", async () => {
    const address = await scene.startServer();
    const [shop, worker] = [
      await scene.join(address, "shop", { encoding }),
      await scene.join(address, "worker", { encoding }),
    ];
    const payload = { order: 123456789012345678n, list: [1, 2.5, "안녕"] };
    const tray = createTray<TopicEvent>();
    const subscription = worker.subscribe("orders.*", (event) => {
      tray.take(event);
      return { got: event.payload };
    });
    await subscription.subscribed();
    const { id, groups } = await shop.publish("orders.new", payload, { headers: { trace: "1" } });
    expect([typeof id, groups]).toEqual(["string", 1]);
    const [event] = await tray.until(1);
    expect(event).toMatchObject({
      topic: "orders.new",
      group: "worker",
      attempt: 1,
      payload,
      headers: { trace: "1" },
      wantsReply: false,
    });
    expect(await shop.publishAndWait("orders.old", payload)).toEqual({ group: "worker", payload: { got: payload } });
    await subscription.stop();
  });
});

describe("topics of a real server", () => {
  it("give each message to one member of every group, and what one leaves behind to the other, at a second attempt", async () => {
    const address = await scene.startServer();
    const proxy = await scene.startProxy(address);
    const publisher = await scene.join(address, "publisher");
    const doomed = await scene.join(proxy.address, "red", { caps, reconnect: false });
    const held = createTray<TopicEvent>();
    const hold = doomed.subscribe(
      "job.*",
      async (event) => {
        held.take(event);
        await new Promise((resolve) => event.signal.addEventListener("abort", resolve));
      },
      { concurrency: 100 },
    );
    await hold.subscribed();
    for (let i = 0; i < 10; i++) await publisher.publish("job.a", i);
    await held.until(10);

    const [red, ...blue] = await Promise.all(["red", "blue", "blue"].map((app) => member(address, app, "job.*")));
    for (let i = 10; i < 20; i++) expect(await publisher.publish("job.b", i)).toMatchObject({ groups: 2 });
    const [first, second] = blue;
    await Promise.all([first!.tray.until(1), second!.tray.until(1)]);
    proxy.cut();
    await red!.tray.until(20);

    const attempts = new Map(red!.tray.given.map(({ payload, attempt }) => [payload, attempt]));
    const left = new Set(held.given.map(({ payload }) => payload));
    expect([...attempts.keys()].sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 20 }, (_, i) => i));
    for (const [payload, attempt] of attempts) expect([payload, attempt]).toEqual([payload, left.has(payload) ? 2 : 1]);
    expect(held.given.every(({ signal }) => signal.aborted)).toBe(true);
  });

  it("lose none of three hundred answers that come at once", async () => {
    const address = await scene.startServer();
    const [asker, answerer] = [await scene.join(address, "asker"), await scene.join(address, "answerer")];
    const options = { concurrency: 300 };
    await answerer.subscribe<number>("double", ({ payload }) => payload * 2, options).subscribed();
    const all = Array.from({ length: 300 }, (_, i) => asker.publishAndWait<number>("double", i));
    expect((await Promise.all(all)).map(({ payload }) => payload)).toEqual(all.map((_, i) => i * 2));

    const names = Array.from({ length: 300 }, (_, i) => `g${i}`);
    const subscriptions = names.map((group) => answerer.subscribe("who", () => group, { group }));
    await Promise.all(subscriptions.map((subscription) => subscription.subscribed()));
    const seen: unknown[] = [];
    for await (const { group, payload } of asker.replies("who", null)) {
      expect(payload).toBe(group);
      if (seen.push(group) === 300) break;
    }
    expect(new Set(seen)).toEqual(new Set(names));
    await expect(asker.publishAndWait("nobody", 1)).rejects.toMatchObject({ code: "route/no-match" });
  });

  it("begin with what is kept, where that is asked for, and go on with what comes", async () => {
    const address = await scene.startServer();
    const publisher = await scene.join(address, "publisher");
    for (const topic of ["log.a", "log.b", "other"]) {
      expect(await publisher.publish(topic, topic)).toMatchObject({ groups: 0 });
    }
    const early = await member(address, "early", "log.*", { from: "earliest" });
    const late = await member(address, "late", "log.*");
    await publisher.publish("log.c", "log.c");
    const topicsOf = async ({ tray }: typeof early, count: number) =>
      (await tray.until(count)).map(({ topic }) => topic);
    expect(await topicsOf(early, 3)).toEqual(["log.a", "log.b", "log.c"]);
    expect(await topicsOf(late, 1)).toEqual(["log.c"]);
  });

  it("have patterns, which overlap without giving anything twice, in one subscription and in several of one client", async () => {
    const address = await scene.startServer();
    const publisher = await scene.join(address, "publisher");
    const { client, tray } = await member(address, "worker", ["a.*", "a.>", "*.b"]);
    const more = createTray<string>();
    await client.subscribe("a.b", ({ topic }) => more.take(topic)).subscribed();
    const other = createTray<string>();
    await client.subscribe("c", ({ topic }) => other.take(topic), { group: "others" }).subscribed();
    const sent: readonly [topic: string, groups: number][] = [
      ["a.b", 1],
      ["a.c", 1],
      ["a.b.c", 1],
      ["x.b", 1],
      ["x.c", 0],
      ["a", 0],
      ["c", 1],
    ];
    for (const [topic, groups] of sent) expect(await publisher.publish(topic, 0)).toMatchObject({ groups });
    await publisher.publish("a.end", 0);
    await other.until(1);
    while (tray.given.at(-1)?.topic !== "a.end") await tray.until(tray.given.length + 1);
    const topics = [...tray.given.map(({ topic }) => topic), ...more.given].sort();
    expect([topics, other.given]).toEqual([["a.b", "a.b.c", "a.c", "a.end", "x.b"], ["c"]]);
  });

  it("give an event once where it needs no acknowledgement, and again where its time is over", async () => {
    const address = await scene.startServer();
    const publisher = await scene.join(address, "publisher");
    const once = await member(address, "once", "a", { ack: "none" });
    const worker = await scene.join(address, "again");
    const attempts = createTray<number>();
    const again = worker.subscribe(
      "a",
      async ({ attempt, signal }) => {
        attempts.take(attempt);
        if (attempt === 1) await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
      { ackMs: 100, concurrency: 2 },
    );
    await again.subscribed();
    await publisher.publish("a", 1);
    expect(await attempts.until(2)).toEqual([1, 2]);
    await publisher.publish("a", 2);
    expect((await once.tray.until(2)).map(({ payload, attempt }) => [payload, attempt])).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  it("lose nothing, and give nothing twice, when members stop and drain", async () => {
    const address = await scene.startServer();
    const publisher = await scene.join(address, "publisher");
    const tray = createTray<unknown>();
    const workers = await Promise.all([1, 2, 3].map(() => scene.join(address, "worker")));
    const subscriptions = workers.map((worker) =>
      worker.subscribe(
        "jobs.>",
        async ({ payload }) => {
          await publisher.queryNodes("worker");
          tray.take(payload);
        },
        { concurrency: 4 },
      ),
    );
    await Promise.all(subscriptions.map((subscription) => subscription.subscribed()));
    const published = Promise.all(Array.from({ length: 200 }, (_, i) => publisher.publish("jobs.a", i)));
    await tray.until(20);
    await subscriptions[0]!.stop();
    await workers[1]!.drain();
    await published;
    await tray.until(200);
    await subscriptions[2]!.stop();
    expect([new Set(tray.given).size, tray.given.length]).toEqual([200, 200]);
  });

  it("come again after the connection was lost, with what was published meanwhile", async () => {
    const address = await scene.startServer();
    const proxy = await scene.startProxy(address);
    const [publisher, worker] = [
      await scene.join(address, "publisher"),
      await scene.join(proxy.address, "worker", { caps }),
    ];
    const tray = createTray<unknown>();
    const handler = async (event: TopicEvent): Promise<void> => {
      await event.ack();
      tray.take(event.payload);
    };
    await worker.subscribe("a", handler, { concurrency: 9 }).subscribed();
    await publisher.publish("a", "before");
    await tray.until(1);
    const lost = new Promise<void>((resolve) => worker.on("disconnected", () => resolve()));
    proxy.cut();
    await lost;
    expect(await publisher.publish("a", "meanwhile")).toMatchObject({ groups: 1 });
    await tray.until(2);
    await publisher.publish("a", "after");
    expect(await tray.until(3)).toEqual(["before", "meanwhile", "after"]);
  });

  it("go on where a connection that broke is resumed, with all that was in hand, and give nothing twice", async () => {
    const address = await scene.startServer();
    const proxy = await scene.startProxy(address);
    const options = { reconnect: { minDelayMs: 1, maxDelayMs: 20 } };
    const [publisher, worker] = [
      await scene.join(address, "publisher"),
      await scene.join(proxy.address, "worker", options),
    ];
    const tray = createTray<TopicEvent>();
    const gate = Promise.withResolvers<void>();
    const subscription = worker.subscribe(
      "a",
      async (event) => {
        tray.take(event);
        await gate.promise;
        return event.payload;
      },
      { concurrency: 100 },
    );
    await subscription.subscribed();
    const resumes = createTray<boolean>();
    worker.on("connected", ({ resumed }) => resumes.take(resumed));
    const answers = Array.from({ length: 50 }, (_, i) => publisher.publishAndWait("a", i));
    await tray.until(50);
    for (let cuts = 1; cuts <= 3; cuts++) {
      proxy.cut();
      await publisher.publish("a", `meanwhile ${cuts}`);
      await resumes.until(cuts);
    }
    gate.resolve();
    expect((await Promise.all(answers)).map(({ payload }) => payload)).toEqual(answers.map((_, i) => i));
    await tray.until(53);
    await subscription.stop();
    expect(resumes.given).toEqual([true, true, true]);
    expect(tray.given.every(({ attempt, signal }) => attempt === 1 && !signal.aborted)).toBe(true);
    expect(new Set(tray.given.map(({ payload }) => payload)).size).toBe(tray.given.length);
  });

  it("refuse what does not fit, with a code", async () => {
    const client = await scene.join(await scene.startServer(), "worker");
    await expect(client.publish("a b", 1)).rejects.toMatchObject({ code: "dispatch/invalid" });
    await expect(
      client.publish("a", 1, { target: { ops: [{ path: "x", op: "$eq", to: { value: 1 } }] } }),
    ).rejects.toMatchObject({ code: "query/invalid" });
    const wrong = client.subscribe("a..b", () => {});
    expect(await wrong.closed()).toMatchObject({ code: "dispatch/invalid" });
    await expect(wrong.subscribed()).rejects.toMatchObject({ code: "dispatch/invalid" });
  });
});
