import { describe, expect, it } from "vitest";
import { createTale, createTaleOfOne } from "./tale.kit.ts";

describe("nothing lost", () => {
  it("is broken by a message that was confirmed and never delivered", async () => {
    const tale = createTaleOfOne();
    tale.finish();
    expect(await tale.broken()).toEqual(["nothing lost"]);
  });

  it("is broken by a message that was delivered before a crash, not acknowledged, and never came again", async () => {
    const tale = createTaleOfOne();
    tale.deliver("ida", "m");
    tale.kill();
    tale.begin();
    tale.finish();
    expect(await tale.broken()).toEqual(["nothing lost"]);
  });

  it("is broken by a message that nobody confirmed, but that was delivered and then lost", async () => {
    const tale = createTale();
    tale.begin();
    tale.push(1);
    tale.deliver("ida", "m", { content: 1 });
    tale.finish();
    expect(await tale.broken()).toEqual(["nothing lost"]);
  });

  it("is broken by queues that do not run empty, and by a history that does not look", async () => {
    const tale = createTaleOfOne();
    tale.deliver("ida", "m");
    tale.ack("ida", "m");
    tale.tell({ event: "drained", left: 1, atMs: 0 });
    tale.finish();
    expect(await tale.broken()).toEqual(["nothing lost"]);
    const blind = createTale();
    blind.begin();
    blind.stop();
    blind.tell({ event: "end", atMs: 0 });
    expect(await blind.broken()).toEqual(["nothing lost"]);
  });

  it("is broken by a message that died though nobody refused it", async () => {
    const tale = createTaleOfOne();
    tale.deliver("ida", "m");
    tale.tell({ event: "dead", message: "m", cause: "rejected", attempt: 1 });
    tale.finish();
    expect(await tale.broken()).toEqual(["nothing lost"]);
  });

  it("holds where what was delivered is acknowledged, or refused for good and dead", async () => {
    const tale = createTaleOfOne();
    tale.push(2);
    tale.confirm(2, "n");
    tale.deliver("ida", "m");
    tale.deliver("joe", "n");
    tale.ack("ida", "m", "a1");
    tale.nack("joe", "n", { nonce: "a2", dead: true });
    tale.settle("ida", "a1");
    tale.settle("joe", "a2");
    tale.tell({ event: "dead", message: "n", cause: "rejected", attempt: 1 });
    tale.finish();
    expect(await tale.broken()).toEqual([]);
  });
});

describe("settled is final", () => {
  it("is broken by a delivery after a crash", async () => {
    const tale = createTaleOfOne();
    tale.deliver("ida", "m");
    tale.ack("ida", "m", "a1");
    tale.settle("ida", "a1");
    tale.kill();
    tale.begin();
    tale.deliver("joe", "m", { attempt: 2 });
    tale.ack("joe", "m");
    tale.finish();
    expect(await tale.broken()).toEqual(["settled is final"]);
  });

  it("is broken by a delivery in the same run, even once its lease would be over", async () => {
    const tale = createTaleOfOne();
    tale.deliver("ida", "m");
    tale.ack("ida", "m", "a1");
    tale.settle("ida", "a1");
    tale.wait(2000);
    tale.deliver("joe", "m", { attempt: 2 });
    tale.ack("joe", "m");
    tale.finish();
    expect(await tale.broken()).toEqual(["settled is final", "one holder"]);
  });

  it("is broken for an acknowledgement that asked for no receipt, where a later one got its own", async () => {
    const tale = createTaleOfOne();
    tale.push(2);
    tale.confirm(2, "n");
    tale.deliver("ida", "m");
    tale.deliver("ida", "n");
    tale.ack("ida", "m");
    tale.ack("ida", "n", "a1");
    tale.settle("ida", "a1");
    tale.kill();
    tale.begin();
    tale.deliver("ida", "m", { attempt: 2 });
    tale.ack("ida", "m");
    tale.finish();
    expect(await tale.broken()).toEqual(["settled is final"]);
  });

  it("is broken by what was refused for good and is not among the dead", async () => {
    const tale = createTaleOfOne();
    tale.deliver("ida", "m");
    tale.nack("ida", "m", { nonce: "a1", dead: true });
    tale.settle("ida", "a1");
    tale.finish();
    expect(await tale.broken()).toEqual(["nothing lost", "settled is final"]);
  });

  it("is broken by what was acknowledged and is among the dead", async () => {
    const tale = createTaleOfOne();
    tale.deliver("ida", "m");
    tale.ack("ida", "m", "a1");
    tale.settle("ida", "a1");
    tale.tell({ event: "dead", message: "m", cause: "expired", attempt: 1 });
    tale.finish();
    expect(await tale.broken()).toEqual(["nothing lost", "settled is final"]);
  });

  it("says nothing of an acknowledgement that a crash came before", async () => {
    const tale = createTaleOfOne();
    tale.deliver("ida", "m");
    tale.ack("ida", "m", "a1");
    tale.kill();
    tale.begin();
    tale.deliver("joe", "m", { attempt: 2 });
    tale.ack("joe", "m");
    tale.finish();
    expect(await tale.broken()).toEqual([]);
  });

  it("lets an acknowledgement cross the next delivery to its sender", async () => {
    const tale = createTaleOfOne();
    tale.deliver("ida", "m");
    tale.wait(1500);
    tale.ack("ida", "m", "a1");
    tale.deliver("ida", "m", { attempt: 2 });
    tale.ack("ida", "m", "a2");
    tale.settle("ida", "a1");
    tale.deny("ida", "a2");
    tale.finish();
    expect(await tale.broken()).toEqual([]);
  });
});

describe("one message", () => {
  it("is broken by an id that is confirmed with two ids of messages", async () => {
    const tale = createTale();
    tale.begin();
    tale.push(1, { id: "x", content: 7 });
    tale.confirm(1, "m");
    tale.kill();
    tale.begin();
    tale.push(2, { id: "x", content: 7 });
    tale.confirm(2, "n");
    for (const message of ["m", "n"]) {
      tale.deliver("ida", message);
      tale.ack("ida", message);
    }
    tale.finish();
    expect(await tale.broken()).toEqual(["one message"]);
  });

  it("is broken by a push without id that is delivered as two messages", async () => {
    const tale = createTaleOfOne();
    for (const message of ["m", "n"]) {
      tale.deliver("ida", message, { content: 1 });
      tale.ack("ida", message);
    }
    tale.finish();
    expect(await tale.broken()).toEqual(["one message"]);
  });

  it("is broken by two pushes that are confirmed with one id", async () => {
    const tale = createTaleOfOne();
    tale.push(2);
    tale.confirm(2, "m");
    tale.deliver("ida", "m");
    tale.ack("ida", "m");
    tale.finish();
    expect(await tale.broken()).toEqual(["one message", "content intact"]);
  });

  it("says nothing once the window is over", async () => {
    const tale = createTaleOfOne({ id: "x", content: 7 });
    tale.wait(120_000);
    tale.push(2, { id: "x", content: 7 });
    tale.confirm(2, "n");
    for (const message of ["m", "n"]) {
      tale.deliver("ida", message);
      tale.ack("ida", message);
    }
    tale.finish();
    expect(await tale.broken()).toEqual([]);
  });
});

describe("content intact", () => {
  it.each([
    ["another content", { digest: "other" }],
    ["another queue", { queue: "other" }],
    ["what nobody pushed", { content: 99 }],
  ])("is broken by %s", async (_, more) => {
    const tale = createTaleOfOne();
    tale.deliver("ida", "m", more);
    tale.ack("ida", "m");
    tale.finish();
    expect(await tale.broken()).toEqual(["content intact"]);
  });
});

describe("refused is not stored", () => {
  it("is broken by a delivery of what was refused", async () => {
    const tale = createTale();
    tale.begin();
    tale.push(1);
    tale.refuse(1);
    tale.deliver("ida", "m", { content: 1 });
    tale.ack("ida", "m");
    tale.finish();
    expect(await tale.broken()).toEqual(["refused is not stored"]);
  });

  it("holds where it was pushed again and confirmed", async () => {
    const tale = createTale();
    tale.begin();
    tale.push(1, { id: "x", content: 7 });
    tale.refuse(1);
    tale.push(2, { id: "x", content: 7 });
    tale.confirm(2, "m");
    tale.deliver("ida", "m");
    tale.ack("ida", "m");
    tale.finish();
    expect(await tale.broken()).toEqual([]);
  });
});
