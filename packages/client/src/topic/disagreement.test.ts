import { describe, expect, it } from "vitest";
import { settle } from "../create-client.kit.ts";
import { stageTopics } from "./topic.kit.ts";
import type { SubscribeOptions } from "./topic.ts";

async function subscribeTwice(first: SubscribeOptions, second: SubscribeOptions, topics = ["a.b", "c"]) {
  const stage = stageTopics();
  const one = stage.client.subscribe("a.b", () => {}, first);
  await settle();
  const two = stage.client.subscribe(topics, () => {}, second);
  await settle();
  return { stage, one, two };
}

describe("two subscriptions to one pattern in one group", () => {
  it.each<[SubscribeOptions, SubscribeOptions, string]>([
    [{}, { ack: "none" }, "ack explicit, this one none"],
    [{ ackMs: 500 }, { ackMs: 600 }, "ackMs 500, this one 600"],
    [{}, { ackMs: 600 }, "ackMs of the server, this one 600"],
  ])("have to agree: %j and %j", async (first, second, said) => {
    const { stage, two } = await subscribeTwice(first, second);
    const error = { code: "client/invalid-options" };
    expect(await two.closed()).toMatchObject({
      ...error,
      message: `another subscription to a.b (group api) has ${said}`,
    });
    await expect(two.subscribed()).rejects.toMatchObject(error);
    expect([stage.said("SUBSCRIBE").length, stage.reports]).toEqual([1, []]);
  });

  it.each<[SubscribeOptions, SubscribeOptions, string[]]>([
    [{ ackMs: 500 }, { ackMs: 500 }, ["a.b"]],
    [{ ack: "explicit" }, {}, ["a.b"]],
    [{ ack: "none", ackMs: 1 }, { ack: "none" }, ["a.b"]],
    [{ ackMs: 500 }, { group: "other" }, ["a.b"]],
    [{ ackMs: 500 }, {}, ["a.*"]],
  ])("may be there where they do, or where it is another group or text: %j, %j %j", async (first, second, topics) => {
    const { stage } = await subscribeTwice(first, second, topics);
    expect(new Set(stage.said("SUBSCRIBE").map((d) => JSON.stringify([d.topics, d.group]))).size).toBeGreaterThan(0);
    expect(stage.said("SUBSCRIBE").length).toBeGreaterThan(1);
  });

  it("need not agree with one that was stopped", async () => {
    const { stage, one, two } = await subscribeTwice({ ackMs: 500 }, { ackMs: 500 }, ["a.b"]);
    void one.stop();
    void two.stop();
    await stage.answer();
    stage.client.subscribe("a.b", () => {}, { ackMs: 700 });
    await settle();
    expect(stage.said("SUBSCRIBE").at(-1)).toMatchObject({ topics: ["a.b"], ack_ms: 700 });
  });
});

describe("a handler of events that throws", () => {
  it("is reported by its topic and group", async () => {
    const stage = stageTopics();
    const told: string[] = [];
    stage.client.on("error", ({ error }) => void told.push(error.message));
    stage.client.subscribe("a.*", () => {
      throw new Error("oops");
    });
    await settle();
    await stage.give("1");
    expect(told).toEqual(["the handler of a.b (group api) threw: oops"]);
  });
});
