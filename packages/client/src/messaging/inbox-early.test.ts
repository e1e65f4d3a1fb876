import { describe, expect, it } from "vitest";
import { readPayloads, stageInbox } from "./inbox.kit.ts";

/** An inbox that hands out what came early at the end of the turn, as clients do. */
const stageTurns = () => stageInbox(queueMicrotask);
const endOfTurn = () => Promise.resolve();

describe("messages that come before anyone subscribed", () => {
  it("wait for the first iteration, before whatever comes later", async () => {
    const { inbox, deliver } = stageTurns();
    deliver(1, 2);
    const messages = inbox.iterate({});
    deliver(3);
    await endOfTurn();
    deliver(4);
    messages.close();
    expect(await readPayloads(messages)).toEqual([1, 2, 3, 4]);
  });

  it("wait for the first handler, which has them once the code that subscribed it has returned", async () => {
    const { inbox, deliver } = stageTurns();
    deliver(1, 2);
    const payloads: unknown[] = [];
    inbox.handle(({ payload }) => void payloads.push(payload), {});
    deliver(3);
    expect(payloads).toEqual([]);
    await endOfTurn();
    expect(payloads).toEqual([1, 2, 3]);
  });

  it("are for all who subscribe in one turn, each by what it asks for, and for nobody later", async () => {
    const { inbox, deliver } = stageTurns();
    deliver(1, 2);
    const payloads: unknown[] = [];
    const [all, large] = [inbox.iterate({}), inbox.iterate({ filter: ({ payload }) => (payload as number) > 1 })];
    inbox.handle(({ payload }) => void payloads.push(payload), {});
    await endOfTurn();
    const late = inbox.iterate({});
    deliver(3);
    inbox.close();
    expect(await Promise.all([all, large, late].map(readPayloads))).toEqual([[1, 2, 3], [2, 3], [3]]);
    expect(payloads).toEqual([1, 2, 3]);
  });

  it("are read where the end comes in the turn of the first subscription", async () => {
    const { inbox, deliver } = stageTurns();
    deliver(1, 2);
    const messages = inbox.iterate({});
    inbox.close();
    expect(await readPayloads(messages)).toEqual([1, 2]);
  });

  it("are not lost where the first subscription ends in its own turn", async () => {
    const { inbox, deliver } = stageTurns();
    deliver(1, 2);
    const first = inbox.iterate({});
    first.close();
    await endOfTurn();
    const second = inbox.iterate({});
    await endOfTurn();
    second.close();
    expect([...(await readPayloads(first)), ...(await readPayloads(second))]).toEqual([1, 2]);
  });

  it("are a thousand at most: past that the oldest are dropped, which is told", async () => {
    const stage = stageTurns();
    for (let i = 0; i < 1003; i++) stage.deliver(i);
    expect(stage.dropped).toBe(3);
    const messages = stage.inbox.iterate({ maxWaiting: 2000 });
    await endOfTurn();
    messages.close();
    const payloads = await readPayloads(messages);
    expect([payloads.length, payloads[0], payloads.at(-1)]).toEqual([1000, 3, 1002]);
  });

  it("are still read where the end came before the first subscription", async () => {
    const { inbox, deliver } = stageTurns();
    deliver(1, 2);
    inbox.close();
    expect(await readPayloads(inbox.iterate({}))).toEqual([1, 2]);
    expect(await readPayloads(inbox.iterate({}))).toEqual([]);
  });
});
