import { describe, expect, it } from "vitest";
import { watch } from "../create-client.kit.ts";
import { readPayloads, stageInbox } from "./inbox.kit.ts";

/** An inbox of a client that has not read anything yet. */
const stageLate = () => stageInbox(queueMicrotask, false);
const endOfTurn = () => Promise.resolve();

describe("while how messages are read is being loaded, messages", () => {
  it("wait for who subscribed, each getting what it would have got", async () => {
    const stage = stageLate();
    const { inbox, deliver } = stage;
    deliver(1);
    const handled: unknown[] = [];
    inbox.handle(({ payload }) => void handled.push(payload), {});
    const inTurn = inbox.iterate({ filter: ({ payload }) => payload !== 2 });
    deliver(2);
    await endOfTurn();
    deliver(3);
    const later = inbox.iterate({});
    deliver(4);
    await endOfTurn();
    await stage.load();
    deliver(5);
    inbox.close();
    expect(handled).toEqual([1, 2, 3, 4, 5]);
    expect(await Promise.all([inTurn, later].map(readPayloads))).toEqual([
      [1, 3, 4, 5],
      [4, 5],
    ]);
    expect(stage.dropped).toBe(0);
  });

  it("are no more for those who left meanwhile, beside those that came before", async () => {
    const stage = stageLate();
    const { inbox, deliver } = stage;
    const handled: unknown[] = [];
    const subscription = inbox.handle(({ payload }) => void handled.push(payload), {});
    const messages = inbox.iterate({});
    await endOfTurn();
    deliver(1);
    subscription.close();
    messages.close();
    deliver(2);
    await stage.load();
    expect(handled).toEqual([1]);
    expect(await readPayloads(messages)).toEqual([1]);
  });

  it("are a thousand at most: past that the oldest are dropped, which is told", async () => {
    const stage = stageLate();
    const messages = stage.inbox.iterate({ maxWaiting: 2000 });
    await endOfTurn();
    for (let i = 0; i < 1003; i++) stage.deliver(i);
    expect(stage.dropped).toBe(3);
    await stage.load();
    stage.inbox.close();
    const payloads = await readPayloads(messages);
    expect([payloads.length, payloads[0], payloads.at(-1), stage.dropped]).toEqual([1000, 3, 1002, 3]);
  });

  it("are read in order by who asked for several at once", async () => {
    const stage = stageLate();
    const messages = stage.inbox.iterate({});
    const asked = [messages.next(), messages.next()];
    stage.deliver(1, 2);
    await stage.load();
    expect((await Promise.all(asked)).map(({ value }) => value?.payload)).toEqual([1, 2]);
    expect(await messages.return!()).toEqual({ done: true, value: undefined });
  });

  it("are read after the end", async () => {
    const stage = stageLate();
    const messages = stage.inbox.iterate({});
    stage.deliver(1);
    stage.inbox.close();
    await stage.load();
    expect(await readPayloads(messages)).toEqual([1]);
  });
});

describe("where how messages are read cannot be loaded", () => {
  it("a loop fails and is not waited for, and the next one gets the messages", async () => {
    const stage = stageLate();
    stage.deliver(1);
    const asked = watch(stage.inbox.iterate({}).next());
    const failure = Object.assign(new Error(), { code: "no network" });
    await stage.load(failure);
    expect([asked.value, stage.failures]).toEqual(["no network", []]);
    stage.deliver(2);
    const messages = stage.inbox.iterate({});
    await stage.load();
    messages.close();
    expect(await readPayloads(messages)).toEqual([1, 2]);
    expect(await stage.inbox.finished()).toBe(false);
  });

  it("that is told of a handler, which gets its messages once somebody else has it loaded", async () => {
    const stage = stageLate();
    const handled: unknown[] = [];
    stage.inbox.handle(({ payload }) => void handled.push(payload), {});
    stage.deliver(1);
    const cause = new Error("no network");
    await stage.load(cause);
    expect(stage.failures).toMatchObject([{ code: "client/unreachable", cause }]);
    stage.inbox.iterate({}).close();
    await stage.load();
    expect(handled).toEqual([1]);
  });
});
