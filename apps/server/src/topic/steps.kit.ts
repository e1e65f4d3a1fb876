/** Random things that happen to topics, as plain records: numbers pick among what is there when their turn comes. */
import fc from "fast-check";
import { ackMs, groupMs } from "./topics.kit.ts";

const groupNames = ["one", "two"];
const patternTexts = ["a.b", "a.*", "a.>", "memory.x", ">", "c"];
const topicNames = ["a.b", "a.c", "c", "memory.x"];
const clientIds = ["p", "q", "r"];

const client = fc.constantFrom(...clientIds);
const pick = fc.nat({ max: 1000 });
const patterns = fc.uniqueArray(fc.constantFrom(...patternTexts), { minLength: 1, maxLength: 2 });

const subscribe = fc.record({
  kind: fc.constant("subscribe" as const),
  client,
  group: fc.constantFrom(...groupNames),
  patterns,
  fromEarliest: fc.boolean(),
  maxInFlight: fc.constantFrom(1, 2, 5),
  isUnacked: fc.constantFrom(false, false, false, true),
});
const unsubscribe = fc.record({
  kind: fc.constant("unsubscribe" as const),
  client,
  group: fc.option(fc.constantFrom(...groupNames)),
  patterns,
});
const publish = fc.record({ kind: fc.constant("publish" as const), topic: fc.constantFrom(...topicNames) });
const settle = fc.record({
  kind: fc.constant("settle" as const),
  how: fc.constantFrom("ack", "ack", "ack", "nack", "nack later"),
  client,
  pick,
});
const advance = fc.record({
  kind: fc.constant("advance" as const),
  ms: fc.constantFrom(1, 1000, ackMs, 60_000, groupMs / 2, groupMs),
});
const coming = fc.record({
  kind: fc.constantFrom(
    "connect" as const,
    "connect" as const,
    "disconnect" as const,
    "leave" as const,
    "return" as const,
  ),
  client,
});
const restart = fc.record({ kind: fc.constant("restart" as const), ticks: fc.option(fc.nat({ max: 20 })) });

const command = fc.oneof(
  { weight: 12, arbitrary: subscribe },
  { weight: 3, arbitrary: unsubscribe },
  { weight: 25, arbitrary: publish },
  { weight: 20, arbitrary: settle },
  { weight: 6, arbitrary: advance },
  { weight: 12, arbitrary: coming },
  { weight: 2, arbitrary: restart },
);

export interface TopicStep {
  readonly command: typeof command extends fc.Arbitrary<infer Command> ? Command : never;
  /** Whether the next one comes before anything that it began has reached the disk. */
  readonly isHasty: boolean;
}

export const topicSteps: fc.Arbitrary<TopicStep[]> = fc.array(fc.record({ command, isHasty: fc.boolean() }), {
  minLength: 1,
  maxLength: 80,
  size: "max",
});
