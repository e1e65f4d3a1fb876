/** Random things that happen to queues, as plain records: numbers pick among what is there when their turn comes. */
import fc from "fast-check";
import type { MessageState } from "../../ports/queue-store.ts";
import { leaseMs, retryMs } from "../queues.kit.ts";
import { targets } from "./model-targets.kit.ts";

export const queueNames = ["q", "other"];
const clientIds = ["a", "b", "c", "d"];

const queue = fc.constantFrom(...queueNames);
const client = fc.constantFrom(...clientIds);
const pick = fc.nat({ max: 1000 });

const push = fc.record({
  kind: fc.constant("push" as const),
  queue,
  target: fc.nat({ max: targets.length - 1 }),
  priority: fc.constantFrom(4, 4, 4, 0, 9),
  delayMs: fc.constantFrom(0, 0, 0, 1000, retryMs),
  ttlMs: fc.constantFrom(0, 0, 0, 500, 12_000, 40_000),
  maxAttempts: fc.constantFrom(1, 2, 3, 20),
  id: fc.constantFrom(null, null, null, "x", "y"),
});
const request = fc.record({
  kind: fc.constant("request" as const),
  client,
  queue,
  count: fc.constantFrom(1, 1, 2, 5),
});
const settle = fc.record({
  kind: fc.constant("settle" as const),
  how: fc.constantFrom("ack", "ack", "nack", "nack now", "nack later", "reject", "extend", "shorten"),
  pick,
  /** Null is whoever holds the message, or held it last. */
  client: fc.option(client, { freq: 5 }),
});
const advance = fc.record({
  kind: fc.constant("advance" as const),
  ms: fc.constantFrom(1, 500, 1000, retryMs, leaseMs, leaseMs + retryMs, 60_000, 130_000),
});
const metadata = fc.record({
  kind: fc.constant("metadata" as const),
  client,
  color: fc.constantFrom("red", "blue", undefined),
  load: fc.constantFrom(0, 1, undefined),
});
const coming = fc.record({
  kind: fc.constantFrom("connect" as const, "leave" as const, "return" as const, "release" as const),
  client,
});
const clog = fc.record({ kind: fc.constant("clog" as const), client, isClogged: fc.boolean() });
const pause = fc.record({ kind: fc.constant("pause" as const), queue, isPaused: fc.boolean() });
const purge = fc.record({
  kind: fc.constant("purge" as const),
  queue,
  states: fc.constantFrom<Exclude<MessageState, "leased">[][]>(
    ["ready"],
    ["dead"],
    ["delayed"],
    ["ready", "delayed", "dead"],
  ),
});
const discard = fc.record({ kind: fc.constant("discard" as const), pick });
const redrive = fc.record({ kind: fc.constant("redrive" as const), queue, pick: fc.option(pick) });
const cancel = fc.record({ kind: fc.constant("cancel" as const), client, queue });
const restart = fc.record({
  kind: fc.constant("restart" as const),
  /** How many microtasks a crash leaves to what is under way; null is an orderly end. */
  ticks: fc.option(fc.nat({ max: 14 }), { freq: 3 }),
});

const command = fc.oneof(
  { weight: 22, arbitrary: push },
  { weight: 20, arbitrary: request },
  { weight: 22, arbitrary: settle },
  { weight: 10, arbitrary: advance },
  { weight: 5, arbitrary: metadata },
  { weight: 8, arbitrary: coming },
  { weight: 2, arbitrary: clog },
  { weight: 2, arbitrary: cancel },
  { weight: 3, arbitrary: pause },
  { weight: 1, arbitrary: purge },
  { weight: 2, arbitrary: discard },
  { weight: 3, arbitrary: redrive },
  { weight: 2, arbitrary: restart },
);

/** A command, and whether the next one comes before anything that it began has reached the disk. */
export interface Step {
  readonly command: typeof command extends fc.Arbitrary<infer Command> ? Command : never;
  readonly isHasty: boolean;
}

export const steps: fc.Arbitrary<Step[]> = fc.array(fc.record({ command, isHasty: fc.boolean() }), {
  minLength: 1,
  maxLength: 120,
  size: "max",
});
