import { describe, expect, it } from "vitest";
import { createMessage, readPayloads, stageInbox } from "./inbox.kit.ts";
import type { Message } from "./message.ts";

describe("a subscription that is over before it begins", () => {
  it("takes no message from the next one", async () => {
    const { inbox, deliver } = stageInbox();
    deliver(1);
    expect(await readPayloads(inbox.iterate({ signal: AbortSignal.abort() }))).toEqual([]);
    const handled: unknown[] = [];
    inbox.handle(({ payload }) => void handled.push(payload), { signal: AbortSignal.abort() });
    const messages = inbox.iterate({});
    messages.close();
    expect(await readPayloads(messages)).toEqual([1]);
    expect(handled).toEqual([]);
  });

  it.each([0, -1, 0.5, Number.NaN])(
    "for %d messages that may wait is refused, and takes none either",
    async (maxWaiting) => {
      const { inbox, deliver } = stageInbox();
      deliver(1);
      const refusal = expect.objectContaining({ code: "client/invalid-options" });
      expect(() => inbox.iterate({ maxWaiting })).toThrow(refusal);
      expect(() => inbox.handle(() => {}, { maxWaiting })).toThrow(refusal);
      const messages = inbox.iterate({ maxWaiting: 1 });
      messages.close();
      expect(await readPayloads(messages)).toEqual([1]);
      await inbox.finished();
    },
  );
});

describe("a subscription", () => {
  it("gets each message, as every other one does", async () => {
    const { inbox, deliver } = stageInbox();
    const messages = inbox.iterate({});
    const payloads: unknown[] = [];
    inbox.handle(({ payload }) => void payloads.push(payload), {});
    deliver(1, 2);
    messages.close();
    expect(await readPayloads(messages)).toEqual([1, 2]);
    expect(payloads).toEqual([1, 2]);
  });

  it("gets only what was sent the way it asks for, and what its filter is true of", async () => {
    const { inbox } = stageInbox();
    const filter = ({ payload }: Message) => (payload as number) > 1;
    const all = [
      inbox.iterate({ event: "BROADCAST" }),
      inbox.iterate({ filter }),
      inbox.iterate({ event: "SEND", filter }),
    ];
    inbox.deliver(createMessage(1, "SEND"));
    inbox.deliver(createMessage(2, "BROADCAST"));
    inbox.deliver(createMessage(3, "SEND"));
    inbox.close();
    expect(await Promise.all(all.map(readPayloads))).toEqual([[2], [2, 3], [3]]);
  });

  it("does not get what its filter throws at, which is told, and goes on", async () => {
    const stage = stageInbox();
    const filter = ({ payload }: Message) => {
      if (payload === 2) throw "odd";
      return true;
    };
    const messages = stage.inbox.iterate({ filter });
    stage.deliver(1, 2, 3);
    stage.inbox.close();
    expect(await readPayloads(messages)).toEqual([1, 3]);
    expect(stage.failures).toEqual(["odd"]);
  });

  it("keeps as many as it asks for: past that the oldest is dropped, which is told", async () => {
    const stage = stageInbox();
    const [small, large] = [stage.inbox.iterate({ maxWaiting: 2 }), stage.inbox.iterate({})];
    stage.deliver(1, 2, 3, 4);
    stage.inbox.close();
    expect(await readPayloads(small)).toEqual([3, 4]);
    expect(await readPayloads(large)).toEqual([1, 2, 3, 4]);
    expect(stage.dropped).toBe(2);
  });

  it("ends when its signal is aborted: what waits is still read", async () => {
    const { inbox, deliver } = stageInbox();
    const controller = new AbortController();
    const messages = inbox.iterate({ signal: controller.signal });
    const payloads: unknown[] = [];
    inbox.handle(({ payload }) => void payloads.push(payload), { signal: controller.signal });
    deliver(1);
    controller.abort();
    deliver(2);
    expect(await readPayloads(messages)).toEqual([1]);
    expect(payloads).toEqual([1]);
  });

  it("is over at once where its signal was aborted before", async () => {
    const { inbox, deliver } = stageInbox();
    const messages = inbox.iterate({ signal: AbortSignal.abort() });
    const payloads: unknown[] = [];
    inbox.handle(({ payload }) => void payloads.push(payload), { signal: AbortSignal.abort() });
    deliver(1);
    expect(await readPayloads(messages)).toEqual([]);
    expect(payloads).toEqual([]);
  });

  it("is over at once where everything is", async () => {
    const { inbox, deliver } = stageInbox();
    inbox.close();
    deliver(1);
    inbox.iterate({}).close();
    deliver(2);
    expect(await readPayloads(inbox.iterate({}))).toEqual([]);
  });
});

describe("an iteration", () => {
  it("ends its subscription when its loop is left", async () => {
    const stage = stageInbox();
    const messages = stage.inbox.iterate({ maxWaiting: 1 });
    stage.deliver(1);
    for await (const _ of messages) break;
    stage.deliver(2, 3);
    expect(stage.dropped).toBe(0);
    expect(await messages.next()).toEqual({ done: true, value: undefined });
  });

  it("ends its subscription at the end of an `await using`", async () => {
    const stage = stageInbox();
    {
      await using messages = stage.inbox.iterate({ maxWaiting: 1 });
      stage.deliver(1);
      expect((await messages.next()).value?.payload).toBe(1);
    }
    stage.deliver(2, 3);
    expect(stage.dropped).toBe(0);
  });
});

describe("a handler", () => {
  it("gets one message after the other, and nothing more once its subscription is closed", async () => {
    const { inbox, deliver } = stageInbox();
    const gate = Promise.withResolvers<void>();
    const payloads: unknown[] = [];
    const subscription = inbox.handle(({ payload }) => {
      payloads.push(payload);
      return gate.promise;
    }, {});
    deliver(1, 2);
    expect(payloads).toEqual([1]);
    subscription.close();
    subscription.close();
    deliver(3);
    const finished = inbox.finished();
    gate.resolve();
    await finished;
    expect(payloads).toEqual([1, 2]);
  });

  it("may subscribe others, which get only what comes later", () => {
    const { inbox, deliver } = stageInbox();
    const handled: unknown[][] = [];
    let others = 0;
    const handle = (name: number): void =>
      void inbox.handle(({ payload }) => {
        handled.push([name, payload]);
        if (others < 10) handle(++others);
      }, {});
    deliver(1);
    handle(0);
    expect(handled).toEqual([[0, 1]]);
    deliver(2);
    expect(handled.slice(1)).toEqual([
      [0, 2],
      [1, 2],
    ]);
  });

  it("may end its own subscription", () => {
    const { inbox, deliver } = stageInbox();
    const handled: unknown[] = [];
    const subscription = inbox.handle(({ payload }) => {
      handled.push(payload);
      subscription.close();
    }, {});
    deliver(1, 2);
    expect(handled).toEqual([1]);
  });

  it("is gone at the end of a `using`", () => {
    const { inbox, deliver } = stageInbox();
    const payloads: unknown[] = [];
    {
      using _ = inbox.handle(({ payload }) => void payloads.push(payload), {});
      deliver(1);
    }
    deliver(2);
    expect(payloads).toEqual([1]);
  });

  it("that throws is told of, and gets the next message", () => {
    const stage = stageInbox();
    const payloads: unknown[] = [];
    stage.inbox.handle(({ payload }) => {
      payloads.push(payload);
      throw "odd";
    }, {});
    stage.deliver(1, 2);
    expect(payloads).toEqual([1, 2]);
    expect(stage.failures).toEqual(["odd", "odd"]);
  });

  it("that is slow has only so many wait for it, which is told", () => {
    const stage = stageInbox();
    stage.inbox.handle(() => new Promise(() => {}), { maxWaiting: 1 });
    stage.deliver(1, 2, 3, 4);
    expect(stage.dropped).toBe(2);
  });

  it("is waited for at the end until it has had what waited for it", async () => {
    const { inbox, deliver } = stageInbox();
    const handled: unknown[] = [];
    inbox.handle(async ({ payload }) => {
      await Promise.resolve();
      handled.push(payload);
    }, {});
    deliver(1, 2, 3);
    inbox.close();
    deliver(4);
    await inbox.finished();
    expect(handled).toEqual([1, 2, 3]);
    await stageInbox().inbox.finished();
  });
});

describe("the end", () => {
  it("waits for a reader until it comes back for more, and says whether it had to wait", async () => {
    const { inbox, deliver } = stageInbox();
    const messages = inbox.iterate({});
    expect(await inbox.finished()).toBe(false);
    deliver(1, 2);
    expect((await messages.next()).value?.payload).toBe(1);
    inbox.close();
    const order: string[] = [];
    const finished = inbox.finished().then((waited) => order.push(`finished ${waited}`));
    expect((await messages.next()).value?.payload).toBe(2);
    order.push("at work on the last");
    expect((await messages.next()).done).toBe(true);
    await finished;
    expect(order).toEqual(["at work on the last", "finished true"]);
    expect(await inbox.finished()).toBe(false);
  });

  it("waits for no reader that left its loop, nor for one that waits for messages", async () => {
    const { inbox, deliver } = stageInbox();
    const [left, waiting] = [inbox.iterate({}), inbox.iterate({})];
    const next = waiting.next();
    deliver(1, 2);
    for await (const _ of left) break;
    expect((await next).value?.payload).toBe(1);
    expect((await waiting.next()).value?.payload).toBe(2);
    const last = waiting.next();
    expect(await inbox.finished()).toBe(false);
    inbox.close();
    expect((await last).done).toBe(true);
  });
});
