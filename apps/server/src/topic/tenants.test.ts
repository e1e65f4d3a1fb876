import { describe, expect, it } from "vitest";
import { createRights } from "../access/rights.ts";
import { settle } from "../queue/queues.kit.ts";
import { createTestClient } from "../testing/fixtures.ts";
import { openTopics, type TopicSite } from "./topics.kit.ts";

const one = createRights({ namespace: "one" });

/** A member of a group of its own, in a namespace; gives the payloads that it got. */
async function member(site: TopicSite, namespace: string, fromEarliest = false) {
  const { client, outbox } = createTestClient({ id: namespace, namespace, caps: ["topic"] });
  site.site.registry.join(client);
  await site.subscribe({ client } as never, { group: namespace, topics: ["t", "memory.t"], fromEarliest });
  return () => outbox.frames.map((frame) => JSON.parse(frame as string).d.payload).sort();
}

describe("a publication of a tenant", () => {
  it("goes to members of its namespace alone, with and without a target, from the disk and from memory", async () => {
    const site = await openTopics();
    const [own, other] = [await member(site, "one"), await member(site, "two")];
    for (const topic of ["t", "memory.t"]) {
      await site.publish(topic, { payload: `${topic} 1`, rights: one });
      const target = { ops: [{ namespace: { $eq: "two" } }], optional: true };
      await site.publish(topic, { payload: `${topic} 2`, rights: one, target });
    }
    await settle();
    expect([own(), other()]).toEqual([["memory.t 1", "memory.t 2", "t 1", "t 2"], []]);
  });

  it("stays so for groups that come later, over a restart too", async () => {
    const first = await openTopics();
    await first.publish("t", { payload: 1, rights: one });
    await settle();
    const site = await first.restart();
    const [own, other] = [await member(site, "one", true), await member(site, "two", true)];
    await settle();
    await settle();
    expect([own(), other()]).toEqual([[1], []]);
  });
});

describe("permissions", () => {
  it("refuse topics, and targets, that are not named", async () => {
    const site = await openTopics();
    const rights = createRights({ publish: ["orders.*"], send: ["app"] });
    const publish = (topic: string, target?: object) => site.publish(topic, { rights, ...(target && { target }) });
    const forbidden = (at: string) => ({ code: "auth/forbidden", extraInfo: { at } });
    expect(await publish("bills.new")).toMatchObject(forbidden("/topic"));
    expect(await publish("orders.new", { application: "x" })).toMatchObject(forbidden("/target/application"));
    expect(await publish("orders.new", { application: "app" })).toMatchObject({ ok: true });
    expect(await publish("orders.new")).toMatchObject({ ok: true });
  });
});
