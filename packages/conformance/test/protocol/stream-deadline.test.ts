import { expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachSteppedListener } from "../../src/each-listener.ts";
import { endOf, expectAbort, newStream, openStream, provesOpen, settleBoth } from "../../src/streams.ts";

eachSteppedListener("deadlines of streams", { heartbeatIntervalMs: 1_000_000_000 }, (server) => {
  /** [ST-15] */
  const toleranceMs = 100;

  test.each([1, 50, 1000, 86_400_000])(
    "[ST-15] a stream of %d ms ends for both, not early and within 0.1 s",
    async (ms) => {
      for (const encoding of encodings) {
        await using at = await newStream(server(), { from: { encoding }, to: { encoding }, call: { deadline_ms: ms } });
        expect(at.call.deadline_ms).toBe(ms);
        server().clock.step(ms - 1);
        await settleBoth(at);
        server().clock.step(1 + toleranceMs);
        await expectAbort(at.caller, "stream/deadline", true);
        await expectAbort(at.callee, "stream/deadline", true);
        at.caller.data({ payload: "late" });
        at.callee.data({ payload: "late", end: true });
        await settleBoth(at);
      }
    },
  );

  test("[ST-15] traffic does not put it off, and an end of one side does not either", async () => {
    await using at = await newStream(server(), { call: { deadline_ms: 1000, end: true } });
    for (let i = 0; i < 9; i++) {
      server().clock.step(100);
      at.callee.data({ payload: i });
      await at.caller.take("DATA");
    }
    server().clock.step(100 + toleranceMs);
    await expectAbort(at.caller, "stream/deadline", true);
    await expectAbort(at.callee, "stream/deadline", true);
  });

  test("[ST-15] a stream that is over by then hears nothing of it, nor does the next of its id", async () => {
    await using at = await newStream(server(), { call: { deadline_ms: 1000, end: true } });
    at.callee.data({ payload: "in time", end: true });
    await at.caller.take("DATA");
    server().clock.step(500);
    const next = await openStream(at.caller.client, at.callee.client, 0, { deadline_ms: 5000 });
    server().clock.step(4999);
    await provesOpen(next);
    server().clock.step(1 + toleranceMs);
    await expectAbort(next.caller, "stream/deadline", true);
    await expectAbort(next.callee, "stream/deadline", true);
  });

  test("[ST-15] without one a stream has no end", async () => {
    await using at = await newStream(server());
    server().clock.step(86_400_000);
    await provesOpen(at);
  });

  test("[ST-15] each of many ends at its own time", async () => {
    await using at = await newStream(server());
    const { caller, callee } = at;
    const opened: number[] = [];
    for (let id = 1; id <= 50; id++) {
      const stream = await openStream(caller.client, callee.client, id, { deadline_ms: id * 1000 });
      opened.push(stream.callee.id);
    }
    for (const [index, there] of opened.entries()) {
      // Each second begins where the last deadline was found to be over, the tolerance behind it.
      server().clock.step(index === 0 ? 999 : 999 - toleranceMs);
      await settleBoth(at);
      server().clock.step(1 + toleranceMs);
      await expectAbort(endOf(caller.client, index + 1), "stream/deadline", true);
      await expectAbort(endOf(callee.client, there), "stream/deadline", true);
    }
  });
});
