import { describe, expect, it } from "vitest";
import { settle } from "../queue/queues.kit.ts";
import { openTopics } from "./topics.kit.ts";

describe("answers", () => {
  it.each(["t", "memory.t"])("come to who published, from every group, once for each event (%s)", async (topic) => {
    const here = await openTopics();
    const [publisher, a, b] = [here.connect("p"), here.connect("a"), here.connect("b")];
    await here.subscribe(a, { topics: [topic], group: "one" });
    await here.subscribe(b, { topics: [topic], group: "two", isUnacked: true });
    const outcome = await here.publish(topic, { asks: publisher.client });
    await settle();
    expect([a.events()[0]!.reply, b.events()[0]!.reply]).toEqual([true, true]);
    for (const { client, events } of [a, b]) {
      here.topics.reply(client, events()[0]!.id, `"from ${client.id}"`);
      here.topics.reply(client, events()[0]!.id, '"again"');
    }
    const { id } = outcome as { id: string };
    expect(publisher.told("REPLY")).toEqual([
      { id, nonce: "n", group: "one", payload: "from a" },
      { id, nonce: "n", group: "two", payload: "from b" },
    ]);
    expect(here.topics.ack(a.client, a.events()[0]!.id, null)).toMatchObject({ ok: true });
  });

  it("that nobody waits for, or from who never got the event, are dropped", async () => {
    const here = await openTopics();
    const [publisher, a, b] = [here.connect("p"), here.connect("a"), here.connect("b")];
    await here.subscribe(a);
    await here.publish("t", { asks: publisher.client, deadlineMs: 1000 });
    await here.publish("t", {});
    await settle();
    const [asked, unasked] = a.events();
    expect(unasked).not.toHaveProperty("reply");
    here.topics.reply(b.client, asked!.id, "1");
    here.topics.reply(a.client, unasked!.id, "2");
    here.topics.reply(a.client, "nonsense", "3");
    here.site.clock.advance(1000);
    here.topics.reply(a.client, asked!.id, "4");
    expect(publisher.told("REPLY")).toEqual([]);
  });

  it("are dropped once the publisher has gone", async () => {
    const here = await openTopics();
    const [publisher, a] = [here.connect("p"), here.connect("a")];
    await here.subscribe(a);
    await here.publish("t", { asks: publisher.client });
    await settle();
    here.disconnect(publisher);
    here.topics.reply(a.client, a.events()[0]!.id, "1");
    expect(publisher.told("REPLY")).toEqual([]);
  });

  it("may come from whoever got the event, the one that had it first too", async () => {
    const here = await openTopics();
    const [publisher, a, b] = [here.connect("p"), here.connect("a"), here.connect("b")];
    await here.subscribe(a);
    await here.publish("t", { asks: publisher.client });
    await settle();
    await here.subscribe(b);
    here.topics.nack(a.client, a.events()[0]!.id, 0, null);
    await settle();
    expect(b.events()[0]).toMatchObject({ attempt: 2, reply: true });
    here.topics.reply(a.client, a.events()[0]!.id, '"late"');
    here.topics.reply(b.client, b.events()[0]!.id, '"later"');
    expect(publisher.told("REPLY")).toMatchObject([{ payload: "late" }]);
  });

  it("are awaited for so many publications at a time, those without groups and those that are answered not counting", async () => {
    const here = await openTopics({ limits: { maxTopicMemoryBytes: 100_000_000, maxQueueMessages: 20_000 } });
    const [publisher, a] = [here.connect("p"), here.connect("a")];
    await here.publish("nobody", { asks: publisher.client });
    await here.subscribe(a, { topics: ["memory.*"] });
    const publish = () => here.publish("memory.t", { asks: publisher.client });
    for (let i = 0; i < 10_000; i++) await publish();
    expect(await publish()).toMatchObject({
      code: "topic/too-many",
      extraInfo: { limit: "publications", max: 10_000 },
    });
    here.topics.reply(a.client, a.events()[0]!.id, "1");
    expect(await publish()).toMatchObject({ ok: true });
    here.site.clock.advance(31_000);
    expect(await publish()).toMatchObject({ ok: true });
  });

  it("are awaited from so many groups at a time, over all publications of a client", async () => {
    const here = await openTopics({ limits: { maxTopicMemoryBytes: 100_000_000, maxQueues: 3000 } });
    const publisher = here.connect("p");
    const member = here.connect("m");
    for (let i = 0; i < 1000; i++) await here.subscribe(member, { topics: ["memory.*"], group: `g${i}` });
    const publish = () => here.publish("memory.t", { asks: publisher.client });
    for (let i = 0; i < 100; i++) expect(await publish()).toMatchObject({ ok: true, groups: 1000 });
    expect(await publish()).toMatchObject({ code: "topic/too-many", extraInfo: { limit: "answers", max: 100_000 } });
    here.topics.reply(member.client, member.events()[0]!.id, "1");
    expect(await publish()).toMatchObject({ ok: true });
    here.topics.release(publisher.client);
    expect(await publish()).toMatchObject({ ok: true });
  });
});
