import { type Codec, isFault, jsonCodec, msgpackCodec } from "@singyeong/protocol/codec";
import { describe, expect, it } from "vitest";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createErrorTallies } from "../gateway/error-tallies.ts";
import type { Refused, Settled } from "../queue/queues.ts";
import { createTestClient, createTestMetrics, readFrames } from "../testing/fixtures.ts";
import type { AnswerWish, Publication, PublishOutcome, SubscriptionTerms, Topics } from "../topic/topics.ts";
import type { Outcome, Services } from "./command.ts";
import { createReplies } from "./replies.ts";
import { commands } from "./table.ts";

function createTopicCommands(caps: readonly string[] = ["topic", "receipt"], codec: Codec = jsonCodec) {
  const { client, outbox } = createTestClient({ id: "c", caps, application: "my app" }, codec);
  const subscribed: { terms: SubscriptionTerms; settle: Settled<Refused> }[] = [];
  const published: { publication: Publication; wish: AnswerWish | null; settle: Settled<PublishOutcome> }[] = [];
  const asked: unknown[][] = [];
  const settled: (Settled<void> | null)[] = [];
  const event = (name: string, isHeld: (id: string) => boolean, ...parameters: unknown[]) => {
    asked.push([name, ...parameters]);
    const id = parameters[0] as string;
    return isHeld(id) ? { ok: true, queue: "$topic/g" } : { ok: false, code: "queue/not-leased", extraInfo: { id } };
  };
  const topics = {
    subscribe: (_: unknown, terms: SubscriptionTerms, settle: Settled<Refused>) =>
      void subscribed.push({ terms, settle }),
    unsubscribe: (_: unknown, ...parameters: unknown[]) => void asked.push(["unsubscribe", ...parameters]),
    publish: (publication: Publication, wish: AnswerWish | null, settle: Settled<PublishOutcome>) =>
      void published.push({ publication, wish, settle }),
    ack(_: unknown, id: string, told: Settled<void> | null) {
      settled.push(told);
      return event("ack", (held) => held === "held", id);
    },
    nack(_: unknown, id: string, delayMs: number, told: Settled<void> | null) {
      settled.push(told);
      return event("nack", (held) => held === "held", id, delayMs);
    },
    reply: (_: unknown, ...parameters: unknown[]) => void asked.push(["reply", ...parameters]),
  } as unknown as Topics;
  const replies = createReplies(createSteppedClock(0), createErrorTallies(createTestMetrics()));
  return {
    subscribed,
    published,
    asked,
    settled,
    frames: () => readFrames(outbox) as { op: number; t: string | null; d: unknown }[],
    run(t: string, d: unknown, nonce?: unknown): Outcome {
      const bytes = codec.encode({ op: 4, t, d, ...(nonce === undefined ? {} : { nonce }) } as never);
      const frame = codec.readFrame(typeof bytes === "string" ? Buffer.from(bytes) : bytes, { maxDepth: 20 });
      if (isFault(frame)) throw new Error(frame.message);
      return commands.get(t)!.run({ topics, replies } as unknown as Services, client, frame);
    },
  };
}

describe("SUBSCRIBE", () => {
  it("says what it leaves out in the usual way, and is answered once it holds", () => {
    const { run, subscribed, frames } = createTopicCommands(["topic"]);
    run("SUBSCRIBE", { topics: ["a.*", "b", "a.*"], group: "g", max_in_flight: null }, { n: 1 });
    const [{ terms, settle }] = subscribed as [(typeof subscribed)[0]];
    expect(terms).toMatchObject({ group: "g", fromEarliest: false, maxInFlight: 16, ackMs: null, isUnacked: false });
    expect(frames()).toEqual([]);
    settle(null);
    expect(frames()).toMatchObject([
      { op: 4, t: "SUBSCRIBED", d: { topics: ["a.*", "b"], group: "g", nonce: { n: 1 } } },
    ]);
  });

  it("takes everything that may be said", () => {
    const { run, subscribed } = createTopicCommands();
    run("SUBSCRIBE", { topics: [">"], group: "g", from: "earliest", max_in_flight: 10_000, ack_ms: 100, ack: "none" });
    expect(subscribed[0]!.terms).toMatchObject({
      fromEarliest: true,
      maxInFlight: 10_000,
      ackMs: 100,
      isUnacked: true,
    });
  });

  it("is refused with the nonce beside t, then and later", () => {
    const { run, subscribed, frames } = createTopicCommands(["topic"]);
    run("SUBSCRIBE", { topics: [] }, 1);
    run("SUBSCRIBE", { topics: ["a"], group: "g" }, 2);
    subscribed[0]!.settle({ ok: false, code: "topic/too-many", extraInfo: { max: 1 } });
    expect(frames()).toMatchObject([
      { op: 3, d: { code: "dispatch/invalid", extra_info: { at: "/d/topics" }, nonce: 1 } },
      { op: 3, d: { code: "topic/too-many", extra_info: { max: 1 }, nonce: 2 } },
    ]);
  });

  it.each([
    [{ group: "g" }, "topics"],
    [{ topics: "a", group: "g" }, "topics"],
    [{ topics: ["a..b"], group: "g" }, "topics"],
    [{ topics: ["a", 1], group: "g" }, "topics"],
    [{ topics: Array.from({ length: 101 }, (_, i) => `t${i}`), group: "g" }, "topics"],
    [{ topics: ["a"], group: "" }, "group"],
    [{ topics: ["a"], group: "with space" }, "group"],
    [{ topics: ["a"], group: "x".repeat(257) }, "group"],
    // The application's id has a space.
    [{ topics: ["a"] }, "group"],
    [{ topics: ["a"], group: "g", from: "now" }, "from"],
    [{ topics: ["a"], group: "g", max_in_flight: 0 }, "max_in_flight"],
    [{ topics: ["a"], group: "g", max_in_flight: 10_001 }, "max_in_flight"],
    [{ topics: ["a"], group: "g", ack_ms: 99 }, "ack_ms"],
    [{ topics: ["a"], group: "g", ack: "maybe" }, "ack"],
  ])("is refused for %j", (d, field) => {
    const { run, subscribed, frames } = createTopicCommands();
    run("SUBSCRIBE", d, 1);
    expect(subscribed).toEqual([]);
    expect(frames()).toMatchObject([{ d: { code: "dispatch/invalid", extra_info: { at: `/d/${field}` } } }]);
  });
});

describe("UNSUBSCRIBE", () => {
  it("is answered at once, its group null where it names none", () => {
    const { run, asked } = createTopicCommands();
    const d = { topics: ["a"], group: null, nonce: 7 };
    expect(run("UNSUBSCRIBE", { topics: ["a"] }, 7)).toEqual({ kind: "answer", event: "UNSUBSCRIBED", d });
    run("UNSUBSCRIBE", { topics: ["b.>"], group: "g" });
    expect(asked).toEqual([
      ["unsubscribe", ["a"], null],
      ["unsubscribe", ["b.>"], "g"],
    ]);
  });
});

describe("PUBLISH", () => {
  it("is answered with its nonce, and only where it has one", () => {
    const { run, published, frames } = createTopicCommands();
    for (const nonce of [{ n: 1 }, null, undefined]) run("PUBLISH", { topic: "t", payload: 1, nonce });
    for (const { settle } of published) settle({ ok: true, id: "x", groups: 2 });
    expect(frames()).toMatchObject([{ op: 4, t: "PUBLISHED", d: { id: "x", groups: 2, nonce: { n: 1 } } }]);
  });

  it("hands on what was sent, unread", () => {
    const { run, published } = createTopicCommands();
    run("PUBLISH", { topic: "t", payload: { a: 1 }, headers: { h: "v" }, target: null });
    run("PUBLISH", { topic: "t", payload: null, headers: null, target: { application: "x" } });
    expect(published.map(({ publication: { codec: _, ...rest } }) => rest)).toEqual([
      { topic: "t", rights: null, payload: '{"a":1}', headers: '{"h":"v"}', target: undefined },
      { topic: "t", rights: null, payload: "null", headers: undefined, target: '{"application":"x"}' },
    ]);
  });

  it("asks for answers for half a minute, or as long as it says", () => {
    const { run, published } = createTopicCommands();
    run("PUBLISH", { topic: "t", payload: 1, nonce: 5, reply: true });
    run("PUBLISH", { topic: "t", payload: 1, nonce: 6, reply: true, deadline_ms: 10 });
    expect(published.map(({ wish }) => [wish!.nonce, wish!.deadlineMs])).toEqual([
      ["5", 30_000],
      ["6", 10],
    ]);
  });

  it("says where in the frame a target is wrong, with the nonce", () => {
    const { run, published, frames } = createTopicCommands();
    run("PUBLISH", { topic: "t", payload: 1, nonce: 9 });
    published[0]!.settle({ ok: false, code: "query/invalid", extraInfo: { at: "/target/ops" } });
    expect(frames()).toMatchObject([
      { op: 3, d: { code: "query/invalid", extra_info: { at: "/d/target/ops" }, nonce: 9 } },
    ]);
  });

  it.each([
    [{ payload: 1 }, "topic"],
    [{ topic: "a b", payload: 1 }, "topic"],
    [{ topic: 1, payload: 1 }, "topic"],
    [{ topic: "t" }, "payload"],
    [{ topic: "t", payload: 1, headers: { a: 1 } }, "headers"],
    [{ topic: "t", payload: 1, nonce: 1, reply: 1 }, "reply"],
    [{ topic: "t", payload: 1, reply: true }, "nonce"],
    [{ topic: "t", payload: 1, nonce: null, reply: true }, "nonce"],
    [{ topic: "t", payload: 1, nonce: "x".repeat(1100), reply: true }, "nonce"],
    [{ topic: "t", payload: 1, nonce: 1, reply: true, deadline_ms: 0 }, "deadline_ms"],
  ])("is refused for %j", (d, field) => {
    const { run, published } = createTopicCommands();
    expect(run("PUBLISH", d)).toMatchObject({ code: "dispatch/invalid", extraInfo: { at: `/d/${field}` } });
    expect(published).toEqual([]);
  });
});

describe("ACK, NACK and REPLY", () => {
  it("are told of once stored where there is a nonce beside t, naming the queue", () => {
    const { run, settled, frames } = createTopicCommands();
    expect([run("ACK", { id: "held" }, "n"), run("NACK", { id: "held" })]).toEqual([null, null]);
    settled[0]!();
    expect(settled[1]).toBe(null);
    expect(frames()).toMatchObject([{ t: "QUEUE_SETTLED", d: { queue: "$topic/g", id: "held", nonce: "n" } }]);
  });

  it("name events that their sender has", () => {
    const { run, asked } = createTopicCommands();
    const refused = { code: "queue/not-leased", extraInfo: { id: "other" } };
    expect(run("ACK", { id: "other" })).toMatchObject(refused);
    expect(run("NACK", { id: "other", delay_ms: 5 })).toMatchObject(refused);
    run("REPLY", { id: "any", payload: [1] });
    expect(asked).toEqual([
      ["ack", "other"],
      ["nack", "other", 5],
      ["reply", "any", "[1]"],
    ]);
  });

  it.each([
    ["ACK", {}, "id"],
    ["NACK", { id: 1 }, "id"],
    ["NACK", { id: "held", delay_ms: -1 }, "delay_ms"],
    ["REPLY", { payload: 1 }, "id"],
    ["REPLY", { id: "held" }, "payload"],
  ])("%s is refused for %j", (event, d, field) => {
    const { run, asked } = createTopicCommands();
    expect(run(event, d)).toMatchObject({ code: "dispatch/invalid", extraInfo: { at: `/d/${field}` } });
    expect(asked).toEqual([]);
  });
});

describe("topic events", () => {
  it("belong to the extension, and are not for restricted clients", () => {
    for (const event of ["SUBSCRIBE", "UNSUBSCRIBE", "PUBLISH", "ACK", "NACK", "REPLY"]) {
      expect(commands.get(event)).toMatchObject({ cap: "topic", allowRestricted: false });
    }
  });

  it("are read in every codec", () => {
    const { run, subscribed, published } = createTopicCommands(["topic"], msgpackCodec);
    run("SUBSCRIBE", { topics: ["ü.>"], group: "g" });
    run("PUBLISH", { topic: "ü.a", payload: 1, nonce: 1, reply: true });
    expect([subscribed.length, published[0]!.publication.topic]).toEqual([1, "ü.a"]);
  });
});
