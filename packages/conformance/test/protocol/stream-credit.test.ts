import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import {
  expectAbort,
  firstCredit,
  newStream,
  type OpenStream,
  openStream,
  provesOpen,
  type StreamEnd,
  settleBoth,
} from "../../src/streams.ts";

/** The directions of a stream: who sends, and who gets it. */
const directions = [
  ["the caller", ({ caller, callee }: OpenStream): [StreamEnd, StreamEnd] => [caller, callee]],
  ["the callee", ({ caller, callee }: OpenStream): [StreamEnd, StreamEnd] => [callee, caller]],
] as const;

/** Both ends are told, and the stream is over; nothing of the message that was too much is delivered. */
async function expectOverrun(at: OpenStream): Promise<void> {
  await expectAbort(at.caller, "stream/overrun", true);
  await expectAbort(at.callee, "stream/overrun", true);
  for (const end of [at.caller, at.callee]) {
    end.data({ payload: "late" });
    end.data({ end: true });
  }
  await settleBoth(at);
}

async function takeAll(end: StreamEnd, count: number): Promise<void> {
  for (let i = 0; i < count; i++) expect((await end.take("DATA")).payload).toBe(i);
}

eachListener("credit", [], (server) => {
  describe.each(directions)("of %s", (_name, ends) => {
    test.each(encodings)(
      "[ST-8, ST-10] is 16 messages at first, and one more is an overrun, in %s",
      async (encoding) => {
        await using at = await newStream(server(), { from: { encoding }, to: { encoding } });
        await using bystander = await openedBeside(at);
        const [sender, receiver] = ends(at);
        for (let i = 0; i < firstCredit; i++) sender.data({ payload: i });
        await takeAll(receiver, firstCredit);
        await settleBoth(at);
        sender.data({ payload: "too much" });
        await expectOverrun(at);
        await provesOpen(bystander);
      },
    );

    test("[ST-8] what has end is free, with a message or without", async () => {
      for (const last of [{ end: true }, { payload: firstCredit, end: true }]) {
        await using at = await newStream(server());
        const [sender, receiver] = ends(at);
        for (let i = 0; i < firstCredit; i++) sender.data({ payload: i });
        sender.data(last);
        await takeAll(receiver, firstCredit);
        expect(await receiver.take("DATA")).toEqual({ id: receiver.id, ...last });
        await settleBoth(at);
      }
    });

    test("[ST-8] CREDIT reaches the sender and adds up", async () => {
      await using at = await newStream(server());
      const [sender, receiver] = ends(at);
      for (const n of [1, 2, 3]) {
        receiver.credit(n);
        expect(await sender.take("CREDIT")).toEqual({ id: sender.id, n });
      }
      for (let i = 0; i < firstCredit + 6; i++) sender.data({ payload: i });
      await takeAll(receiver, firstCredit + 6);
      sender.data({ payload: "too much" });
      await expectOverrun(at);
    });

    test("[ST-8] credit for one direction is none for the other", async () => {
      await using at = await newStream(server());
      const [sender, receiver] = ends(at);
      sender.credit(1000);
      expect(await receiver.take("CREDIT")).toEqual({ id: receiver.id, n: 1000 });
      for (let i = 0; i <= firstCredit; i++) sender.data({ payload: i });
      await takeAll(receiver, firstCredit);
      await expectOverrun(at);
    });

    test("[ST-8] headers alone take one as well", async () => {
      await using at = await newStream(server());
      const [sender, receiver] = ends(at);
      for (let i = 0; i <= firstCredit; i++) sender.data({ headers: { i: `${i}` } });
      for (let i = 0; i < firstCredit; i++) expect((await receiver.take("DATA")).headers).toEqual({ i: `${i}` });
      await expectOverrun(at);
    });

    test("[ST-10] what goes beyond 1,000,000 open credits is not counted, and harms nobody", async () => {
      await using at = await newStream(server());
      const [sender, receiver] = ends(at);
      for (let i = 0; i < 5; i++) receiver.credit(1_000_000);
      for (let i = 0; i < 5; i++) expect(await sender.take("CREDIT")).toEqual({ id: sender.id, n: 1_000_000 });
      for (let i = 0; i < 100; i++) sender.data({ payload: i });
      await takeAll(receiver, 100);
      await provesOpen(at);
    });

    test("[ST-8] with credit given for each message a stream never stops", async () => {
      await using at = await newStream(server());
      const [sender, receiver] = ends(at);
      for (let i = 0; i < 500; i++) {
        sender.data({ payload: i });
        expect((await receiver.take("DATA")).payload).toBe(i);
        receiver.credit(1);
        await sender.take("CREDIT");
      }
    });
  });

  test.each([0, 1, 3, 16, 200])("[ST-8] a CALL with credit: %d lets the callee send as many", async (credit) => {
    await using at = await newStream(server(), { call: { credit } });
    expect(at.call.credit).toBe(credit);
    for (let i = 0; i <= credit; i++) at.callee.data({ payload: i });
    await takeAll(at.caller, credit);
    await expectOverrun(at);
  });

  test("[ST-8] it says nothing of what the caller may send, which is 16", async () => {
    await using at = await newStream(server(), { call: { credit: 200 } });
    for (let i = 0; i <= firstCredit; i++) at.caller.data({ payload: i });
    await takeAll(at.callee, firstCredit);
    await expectOverrun(at);
  });

  test("[ST-8] a CALL's message is free, and a plain request needs no credit", async () => {
    await using at = await newStream(server(), { call: { credit: 0, payload: "first" } });
    for (let i = 0; i < firstCredit; i++) at.caller.data({ payload: i });
    await takeAll(at.callee, firstCredit);
    at.callee.data({ payload: "answer", end: true });
    expect(await at.caller.take("DATA")).toEqual({ id: 0, payload: "answer", end: true });
  });

  test("[ST-8] credit of 1,000,000 in CALL is the most, and is passed on", async () => {
    await using at = await newStream(server(), { call: { credit: 1_000_000 } });
    expect(at.call.credit).toBe(1_000_000);
    at.caller.credit(1_000_000);
    await at.callee.take("CREDIT");
    for (let i = 0; i < 1000; i++) at.callee.data({ payload: i });
    await takeAll(at.caller, 1000);
  });

  test("[ST-10] an overrun of one stream of two clients touches none of their others, whichever way they go", async () => {
    await using at = await newStream(server());
    const [a, b] = [at.caller.client, at.callee.client];
    const others = [
      await openStream(a, b, 1),
      await openStream(b, a, 0),
      await openStream(a, b, 2),
      await openStream(a, a, 3),
    ];
    for (const { caller, callee } of others) {
      for (let i = 0; i < firstCredit; i++) caller.data({ payload: i });
      await takeAll(callee, firstCredit);
    }
    for (let i = 0; i <= firstCredit; i++) at.caller.data({ payload: i });
    await takeAll(at.callee, firstCredit);
    await expectOverrun(at);
    for (const stream of others) {
      stream.callee.credit(firstCredit);
      expect(await stream.caller.take("CREDIT")).toMatchObject({ n: firstCredit });
      await provesOpen(stream);
    }
  });

  test("[ST-12] a stream whose receiver gives no credit holds up no other of the same connections", async () => {
    await using at = await newStream(server());
    for (let i = 0; i < firstCredit; i++) at.caller.data({ payload: i });
    await takeAll(at.callee, firstCredit);
    const flowing = await openStream(at.caller.client, at.callee.client, 1);
    for (let i = 0; i < 1000; i++) {
      flowing.caller.data({ payload: i });
      expect((await flowing.callee.take("DATA")).payload).toBe(i);
      flowing.callee.credit(1);
      await flowing.caller.take("CREDIT");
    }
    at.callee.credit(1);
    await at.caller.take("CREDIT");
    await provesOpen(at);
  });
});

/** A stream of the same two clients. */
async function openedBeside(at: OpenStream): Promise<OpenStream> {
  const stream = await openStream(at.caller.client, at.callee.client, 99);
  return { ...stream, async [Symbol.asyncDispose]() {} };
}
