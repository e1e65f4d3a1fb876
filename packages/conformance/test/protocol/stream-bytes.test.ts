import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import {
  expectAbort,
  newStream,
  type OpenStream,
  openStream,
  provesOpen,
  type StreamEnd,
  settleBoth,
} from "../../src/streams.ts";

const limitBytes = 4096;
/** Never reached here: only bytes stop these streams. */
const credit = 1_000_000;

const directions = [
  ["the caller", ({ caller, callee }: OpenStream): [StreamEnd, StreamEnd] => [caller, callee]],
  ["the callee", ({ caller, callee }: OpenStream): [StreamEnd, StreamEnd] => [callee, caller]],
] as const;

/** A DATA of exactly so many bytes, as its sender encodes it; three bytes to a character where there is room. */
function sized(end: StreamEnd, bytes: number): unknown {
  const frame = (payload: string) => ({ op: 4, t: "DATA", d: { id: end.id, payload } });
  const size = (payload: string): number => Buffer.byteLength(end.client.codec.encode(frame(payload)) as string);
  let payload = "신".repeat(Math.floor((bytes - size("")) / 3) - 2);
  while (size(payload) < bytes) payload += "x";
  expect(size(payload)).toBe(bytes);
  return frame(payload);
}

async function expectOverrun(at: OpenStream): Promise<void> {
  await expectAbort(at.caller, "stream/overrun", true);
  await expectAbort(at.callee, "stream/overrun", true);
  await settleBoth(at);
}

eachListener("bytes of a stream under way", ["--max-stream-bytes", `${limitBytes}`], (server) => {
  /** A stream where both sides have credit for as many messages as they like. */
  async function unlimited(from: object = {}, to: object = {}): Promise<OpenStream> {
    const at = await newStream(server(), { from, to, call: { credit } });
    at.callee.credit(credit);
    await at.caller.take("CREDIT");
    return at;
  }

  describe.each(directions)("sent by %s", (_name, ends) => {
    describe.each(encodings)("in %s", (encoding) => {
      test("[ST-9, ST-10] one more message goes as long as less than the limit is under way, whatever its size", async () => {
        await using at = await unlimited({ encoding }, { encoding });
        const [sender, receiver] = ends(at);
        sender.client.send(sized(sender, limitBytes - 1));
        sender.client.send(sized(sender, 100_000));
        await receiver.take("DATA");
        expect((await receiver.take("DATA")).payload.length).toBeGreaterThan(30_000);
        sender.data({ payload: "too much" });
        await expectOverrun(at);
      });

      test("[ST-9, ST-10] none goes where the limit is under way exactly, of frames as their sender encoded them", async () => {
        await using at = await unlimited({ encoding }, { encoding });
        const [sender, receiver] = ends(at);
        sender.client.send(sized(sender, limitBytes - 1000));
        sender.client.send(sized(sender, 1000));
        await receiver.take("DATA");
        await receiver.take("DATA");
        await settleBoth(at);
        sender.data({ payload: "too much" });
        await expectOverrun(at);
      });

      test("[ST-9] a CREDIT makes up for the first of those that were sent", async () => {
        await using at = await unlimited({ encoding }, { encoding });
        const [sender, receiver] = ends(at);
        sender.client.send(sized(sender, 200));
        sender.client.send(sized(sender, limitBytes - 200));
        await receiver.take("DATA");
        await receiver.take("DATA");
        receiver.credit(1);
        await sender.take("CREDIT");
        sender.client.send(sized(sender, 199));
        await receiver.take("DATA");
        sender.client.send(sized(sender, 300));
        await receiver.take("DATA");
        sender.data({ payload: "too much" });
        await expectOverrun(at);
      });
    });

    test("[ST-9] credit beyond what is under way makes up for nothing that comes later", async () => {
      await using at = await unlimited();
      const [sender, receiver] = ends(at);
      receiver.credit(50);
      await sender.take("CREDIT");
      sender.client.send(sized(sender, limitBytes));
      await receiver.take("DATA");
      receiver.credit(50);
      await sender.take("CREDIT");
      sender.client.send(sized(sender, limitBytes));
      await receiver.take("DATA");
      sender.data({ payload: "too much" });
      await expectOverrun(at);
    });

    test("[ST-9] credit for more messages does not lift the limit of bytes", async () => {
      await using at = await unlimited();
      const [sender, receiver] = ends(at);
      sender.client.send(sized(sender, limitBytes / 2));
      sender.client.send(sized(sender, limitBytes / 2));
      await receiver.take("DATA");
      await receiver.take("DATA");
      receiver.credit(1);
      await sender.take("CREDIT");
      sender.client.send(sized(sender, limitBytes / 2));
      await receiver.take("DATA");
      sender.data({ payload: "too much" });
      await expectOverrun(at);
    });

    test("[ST-8, ST-9] an end alone needs no room", async () => {
      await using at = await unlimited();
      const [sender, receiver] = ends(at);
      sender.client.send(sized(sender, 2 * limitBytes));
      await receiver.take("DATA");
      sender.data({ end: true });
      expect(await receiver.take("DATA")).toEqual({ id: receiver.id, end: true });
      await settleBoth(at);
    });

    test("[ST-12] a stream that is full holds up no other of the same connections", async () => {
      await using at = await unlimited();
      const [sender, receiver] = ends(at);
      sender.client.send(sized(sender, 20 * limitBytes));
      await receiver.take("DATA");
      const flowing = await openStream(sender.client, receiver.client, 1);
      for (let i = 0; i < 50; i++) {
        flowing.caller.client.send(sized(flowing.caller, 2 * limitBytes));
        await flowing.callee.take("DATA");
        flowing.callee.credit(1);
        await flowing.caller.take("CREDIT");
      }
      receiver.credit(1);
      await sender.take("CREDIT");
      await provesOpen(at);
    });
  });

  test("[ST-9] each direction counts by itself", async () => {
    await using at = await unlimited();
    at.caller.client.send(sized(at.caller, limitBytes));
    at.callee.client.send(sized(at.callee, limitBytes));
    await at.callee.take("DATA");
    await at.caller.take("DATA");
    at.caller.data({ payload: "too much" });
    await expectOverrun(at);
  });

  test("[ST-9] what a CALL carries is not under way", async () => {
    await using at = await newStream(server(), { call: { payload: "x".repeat(10 * limitBytes), credit } });
    at.caller.client.send(sized(at.caller, limitBytes - 1));
    await at.callee.take("DATA");
    at.caller.client.send(sized(at.caller, 500));
    await at.callee.take("DATA");
  });

  test.each(encodings)(
    "[ST-9] it is the sender's encoding that counts, whatever the receiver's, from %s",
    async (encoding) => {
      for (const to of encodings) {
        await using at = await unlimited({ encoding }, { encoding: to });
        at.caller.client.send(sized(at.caller, limitBytes - 1));
        await at.callee.take("DATA");
        at.caller.client.send(sized(at.caller, 600));
        await at.callee.take("DATA");
        at.caller.data({ payload: "too much" });
        await expectOverrun(at);
      }
    },
  );

  test("[ST-9] a message as large as a frame may be goes alone, over and over", async () => {
    await using at = await unlimited();
    for (let i = 0; i < 5; i++) {
      at.caller.client.send(sized(at.caller, 1_048_576));
      await at.callee.take("DATA");
      at.callee.credit(1);
      await at.caller.take("CREDIT");
    }
  });
});

eachListener("the default of bytes under way", [], (server) => {
  test("[ST-9] is 256 KiB", async () => {
    await using at = await newStream(server());
    at.caller.client.send(sized(at.caller, 262_143));
    at.caller.client.send(sized(at.caller, 1000));
    await at.callee.take("DATA");
    await at.callee.take("DATA");
    at.caller.data({ payload: "too much" });
    await expectOverrun(at);
  });
});
