import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settle, watch } from "../create-client.kit.ts";
import { query } from "../query/builder.ts";
import { path } from "../query/path.ts";
import { holdWork, stageTopics, type TopicStage } from "./topic.kit.ts";

const unhandled: unknown[] = [];
const catchUnhandled = (error: unknown): void => void unhandled.push(error);
beforeEach(() => void process.on("unhandledRejection", catchUnhandled));
afterEach(async () => {
  await settle();
  process.off("unhandledRejection", catchUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

const nonceOf = (topics: TopicStage): unknown => topics.said("PUBLISH").at(-1)!.nonce;

describe("publishing", () => {
  it("says what was said, and resolves once it is stored", async () => {
    const topics = stageTopics();
    const first = watch(topics.client.publish("a.b", 1));
    const target = query("worker").where(path("/x").eq(1));
    void topics.client.publish("a.b", undefined, { headers: { trace: "1" }, target });
    await settle();
    const [plain, full] = topics.said("PUBLISH");
    expect(plain).toEqual({ topic: "a.b", payload: 1, nonce: expect.any(String) });
    expect(full).toEqual({
      topic: "a.b",
      payload: null,
      nonce: expect.any(String),
      headers: { trace: "1" },
      target: target.build(),
    });
    expect(first.value).toBe("pending");
    await topics.answer();
    expect(first.value).toEqual({ id: "s-1", groups: 1 });
  });

  it("rejects with what the server refuses it for", async () => {
    const topics = stageTopics();
    const published = watch(topics.client.publish("a.b", 1));
    await settle();
    await topics.refuse("PUBLISH", "queue/full");
    expect([published.value, topics.reports]).toEqual(["queue/full", []]);
  });

  it("may have been stored, or not, where the connection is lost, and is not said again", async () => {
    const topics = stageTopics();
    const published = watch(topics.client.publish("a.b", 1));
    await settle();
    topics.cut();
    await settle();
    topics.comeBack();
    await settle();
    expect([published.value, topics.said("PUBLISH")]).toEqual(["client/connection-lost", []]);
  });

  it("waits for a connection, within the bounds of the outbox", async () => {
    const topics = stageTopics({ outbox: { maxMessages: 1 } });
    topics.cut();
    const outcomes = [1, 2].map((payload) => watch(topics.client.publish("a.b", payload)));
    await settle();
    topics.comeBack();
    await topics.answer();
    expect(outcomes.map(({ value }) => value)).toEqual([{ id: "s-1", groups: 1 }, "client/outbox-full"]);
  });

  it("ends with its time, its signal, and its client", async () => {
    const topics = stageTopics();
    const controller = new AbortController();
    const outcomes = [{ timeoutMs: 50 }, { signal: controller.signal }].map((options) =>
      watch(topics.client.publish("a.b", 1, options)),
    );
    await settle();
    topics.platform.step(50);
    controller.abort();
    await settle();
    await topics.client.close();
    outcomes.push(watch(topics.client.publish("a.b", 1)));
    await settle();
    expect(outcomes.map(({ value }) => value)).toEqual(["client/timeout", "client/aborted", "client/closed"]);
  });
});

describe("publishing and waiting for an answer", () => {
  it("gets the first, and passes over those that follow", async () => {
    const topics = stageTopics();
    const reply = watch(topics.client.publishAndWait("a.b", 1, { timeoutMs: 500 }));
    await settle();
    expect(topics.said("PUBLISH")[0]).toMatchObject({ reply: true, deadline_ms: 500 });
    await topics.answer();
    expect(reply.value).toBe("pending");
    const nonce = nonceOf(topics);
    for (const group of ["g", "h"]) topics.dispatch("REPLY", { id: "s-1", nonce, group, payload: `from ${group}` });
    await settle();
    expect([reply.value, topics.reports]).toEqual([{ group: "g", payload: "from g" }, []]);
  });

  it("fails at once where no group has the topic", async () => {
    const topics = stageTopics();
    const reply = watch(topics.client.publishAndWait("a.b", 1));
    await settle();
    topics.dispatch("PUBLISHED", { id: "x", groups: 0, nonce: nonceOf(topics) });
    await settle();
    expect(reply.value).toBe("route/no-match");
  });

  it("fails where nobody answers in time, where it is refused, and where the connection is lost", async () => {
    const topics = stageTopics();
    const wait = () => watch(topics.client.publishAndWait("a.b", 1));
    const outcomes = [wait()];
    await settle();
    await topics.answer();
    topics.platform.step(29_999);
    await settle();
    expect(outcomes[0]!.value).toBe("pending");
    topics.platform.step(1);
    outcomes.push(wait());
    await settle();
    await topics.refuse("PUBLISH", "topic/too-many");
    outcomes.push(wait());
    await settle();
    await topics.answer();
    topics.cut();
    await settle();
    expect(outcomes.map(({ value }) => value)).toEqual(["client/timeout", "topic/too-many", "client/connection-lost"]);
  });

  it("is waited for by a drain", async () => {
    const topics = stageTopics();
    const reply = watch(topics.client.publishAndWait("a.b", 1));
    await settle();
    const drained = watch(topics.client.drain());
    await topics.answer();
    expect(drained.value).toBe("pending");
    topics.dispatch("REPLY", { id: "s-1", nonce: nonceOf(topics), group: "g", payload: 2 });
    await settle();
    expect([reply.value, drained.value]).toEqual([{ group: "g", payload: 2 }, undefined]);
  });

  it("is not disturbed by answers that nobody waits for, nor by what is none", async () => {
    const topics = stageTopics();
    const published = watch(topics.client.publish("a.b", 1));
    await settle();
    for (const nonce of [null, 5, "unknown", nonceOf(topics)]) {
      topics.dispatch("REPLY", { id: "x", nonce, group: "g", payload: 1 });
      if (nonce !== nonceOf(topics)) topics.dispatch("PUBLISHED", { id: "x", groups: 0, nonce });
    }
    await settle();
    expect([published.value, topics.client.connected]).toEqual(["pending", true]);
  });
});

describe("all answers to a publication", () => {
  async function gather(options?: object) {
    const topics = stageTopics();
    const seen: unknown[] = [];
    const reading = watch(
      (async () => {
        for await (const { group, payload } of topics.client.replies("a.b", 1, options))
          seen.push(`${group} ${payload}`);
      })(),
    );
    await settle();
    const reply = (group: string, payload: unknown): void =>
      topics.dispatch("REPLY", { id: "s-1", nonce: nonceOf(topics), group, payload });
    return { topics, seen, reading, reply };
  }

  it("come until the time is over", async () => {
    const { topics, seen, reading, reply } = await gather({ timeoutMs: 500 });
    expect(topics.said("PUBLISH")[0]).toMatchObject({ reply: true, deadline_ms: 500 });
    await topics.answer();
    for (let i = 0; i < 3; i++) reply("g", i);
    await settle();
    expect([seen, reading.value]).toEqual([["g 0", "g 1", "g 2"], "pending"]);
    topics.platform.step(500);
    await settle();
    reply("g", 3);
    await settle();
    expect([seen.length, reading.value]).toEqual([3, undefined]);
  });

  it("are none where no group has the topic", async () => {
    const { topics, seen, reading } = await gather();
    topics.dispatch("PUBLISHED", { id: "x", groups: 0, nonce: nonceOf(topics) });
    await settle();
    expect([seen, reading.value, topics.platform.timers]).toEqual([[], undefined, 1]);
  });

  it("end with the connection, the signal and a refusal, which they tell", async () => {
    const lost = await gather();
    await lost.topics.answer();
    lost.topics.cut();
    const controller = new AbortController();
    const given = await gather({ signal: controller.signal });
    await given.topics.answer();
    controller.abort();
    const refused = await gather();
    await refused.topics.refuse("PUBLISH", "queue/full");
    await settle();
    const codes = [lost, given, refused].map(({ reading }) => reading.value);
    expect(codes).toEqual(["client/connection-lost", "client/aborted", "queue/full"]);
  });
});

describe("an answer", () => {
  async function stage() {
    const topics = stageTopics();
    const work = holdWork();
    topics.client.subscribe("a.*", work.handler, { concurrency: 9 });
    await settle();
    return { topics, work };
  }

  it("is what a handler returns, and goes before the acknowledgement", async () => {
    const { topics, work } = await stage();
    await topics.giveAs({ id: "a", reply: true });
    expect(work.events[0]!.wantsReply).toBe(true);
    await work.finish("a", { n: 1 });
    expect(topics.said("REPLY")).toEqual([{ id: "a", payload: { n: 1 } }]);
    expect(topics.socket.sent.slice(-2).map(({ t }) => t)).toEqual(["REPLY", "ACK"]);
  });

  it("is none where nothing is returned, or none is wanted", async () => {
    const { topics, work } = await stage();
    await topics.giveAs({ id: "a", reply: true });
    await topics.give("b");
    await work.finish("a");
    await work.finish("b", 5);
    await expect(work.events[1]!.reply(1)).rejects.toMatchObject({ code: "client/invalid-value" });
    expect([topics.said("REPLY"), topics.acks()]).toEqual([[], ["a", "b"]]);
  });

  it("is given once", async () => {
    const { topics, work } = await stage();
    await topics.giveAs({ id: "a", reply: true });
    await work.events[0]!.reply(undefined);
    await expect(work.events[0]!.reply(2)).rejects.toMatchObject({ code: "client/invalid-value" });
    await work.finish("a", 3);
    expect([topics.said("REPLY"), topics.acks()]).toEqual([[{ id: "a", payload: null }], ["a"]]);
  });

  it("that cannot be sent is a failure of the handler, and may be given otherwise", async () => {
    const { topics, work } = await stage();
    await topics.giveAs({ id: "a", reply: true });
    await expect(work.events[0]!.reply(() => {})).rejects.toMatchObject({ code: "client/invalid-value" });
    await work.finish("a", () => {});
    expect([topics.nacks(), topics.reports, topics.said("REPLY")]).toEqual([["a"], ["client/handler-threw"], []]);
  });

  it("is not sent once the connection is gone that the event came on", async () => {
    const { topics, work } = await stage();
    await topics.giveAs({ id: "a", reply: true });
    topics.cut();
    await expect(work.events[0]!.reply(1)).rejects.toMatchObject({ code: "client/connection-lost" });
    topics.comeBack();
    await work.finish("a", 1);
    expect([topics.said("REPLY"), topics.acks(), topics.reports]).toEqual([[], [], []]);
  });
});
