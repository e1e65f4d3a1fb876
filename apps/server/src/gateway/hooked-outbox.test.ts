import { Op, type Value } from "@singyeong/protocol";
import { jsonCodec } from "@singyeong/protocol/codec";
import { expect, it } from "vitest";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import type { Hooks, PassOutcome } from "../ports/hooks.ts";
import { createTestClient } from "../testing/fixtures.ts";
import { createHookedOutbox } from "./hooked-outbox.ts";

/** A client's outbox behind a plugin that thinks about every dispatch for as long as `answer` takes. */
function setup(answer: (d: Value) => Promise<PassOutcome>) {
  const { client, outbox } = createTestClient({ id: "a" });
  const clock = createSteppedClock();
  const hooks = { seesOutgoing: true, outgoing: (_client: unknown, _t: string, d: Value) => answer(d) };
  const errors: unknown[] = [];
  const hooked = createHookedOutbox(client, outbox, {
    hooks: hooks as unknown as Hooks,
    clock,
    limits: { maxBacklogBytes: 10_000_000 },
    onError: (_, error) => errors.push(error),
  });
  const send = (n: number): boolean => hooked.send(jsonCodec.encodeFrame(Op.dispatch, n, 0, "SEND"));
  const sent = () => outbox.frames.map((frame) => (JSON.parse(frame.toString()) as { d: Value }).d);
  return { hooked, outbox, clock, errors, send, sent };
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

it("leaves others their turn where many frames waited for a plugin that thought for long once", async () => {
  const first = Promise.withResolvers<void>();
  const { clock, errors, send, sent, hooked, outbox } = setup(async (d) => {
    await first.promise;
    return { kind: "next", d };
  });
  for (let n = 0; n < 1000; n++) expect(send(n)).toBe(true);
  hooked.close(1000, "bye");
  first.resolve();
  await nextTurn();
  const soFar = sent().length;
  expect(soFar).toBeGreaterThan(0);
  expect(soFar).toBeLessThan(1000);
  expect(outbox.closedWith).toBeNull();
  for (let turn = 0; turn < 10; turn++) {
    clock.advance(1);
    await nextTurn();
  }
  expect([sent(), errors]).toEqual([Array.from({ length: 1000 }, (_, n) => n), []]);
  expect(outbox.closedWith).toEqual({ code: 1000, reason: "bye" });
});
