import { Op } from "@singyeong/protocol";
import fc from "fast-check";
import { expect, it } from "vitest";
import { settle } from "../create-client.kit.ts";
import { compilePattern, segmentsOf } from "./pattern.ts";
import { stageTopics, type TopicStage } from "./topic.kit.ts";
import type { TopicEvent, TopicSubscription } from "./topic.ts";

const patterns = ["a.*", "a.b", "a.>", "b"];
const groups = ["api", "g"];

/** What may happen next; numbers pick one of what is there. */
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("subscribe" as const),
      topics: fc.subarray(patterns, { minLength: 1 }),
      group: fc.constantFrom(...groups),
      concurrency: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("give" as const),
      topic: fc.constantFrom("a.b", "a.c", "a.b.c", "b"),
      group: fc.constantFrom(...groups),
    }),
  },
  { weight: 5, arbitrary: fc.record({ type: fc.constant("finish" as const), at: fc.nat(), fails: fc.boolean() }) },
  { weight: 3, arbitrary: fc.constant({ type: "answer" } as const) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("stop" as const), at: fc.nat() }) },
  fc.constant({ type: "refuse" } as const),
  fc.constant({ type: "reconnect" } as const),
  fc.record({ type: fc.constant("wait" as const), ms: fc.constantFrom(1000, 15_000) }),
);

/** The test's own account of what a server was told. */
function createServer(stage: TopicStage) {
  let socket = stage.socket;
  let read = 0;
  /** Its patterns, and how many events it may give for what was said with each. */
  const has = new Map<string, number>();
  /** Those that it had before the step at hand: events of these may still be on their way. */
  let had = new Map<string, number>();
  /** Ids of events that were given on this connection, until they are settled. */
  const given = new Set<string>();
  return {
    has,
    given,
    read() {
      if (socket !== stage.socket) {
        [socket, read] = [stage.socket, 0];
        has.clear();
        given.clear();
      }
      had = new Map(has);
      for (; read < socket.sent.length; read++) {
        const { t, d } = socket.sent[read]!;
        for (const topic of (d.topics ?? []) as string[]) {
          if (t === "SUBSCRIBE") has.set(`${d.group} ${topic}`, d.max_in_flight as number);
          if (t === "UNSUBSCRIBE") has.delete(`${d.group} ${topic}`);
        }
        if (t === "ACK" || t === "NACK") expect(given.delete(d.id as string), `${t} of ${d.id} once`).toBe(true);
      }
    },
    covers: (group: string, topic: string) =>
      patterns.some((pattern) => {
        const key = `${group} ${pattern}`;
        return (has.has(key) || had.has(key)) && compilePattern(pattern)(segmentsOf(topic));
      }),
  };
}

/** What a subscription of the test is, and has at work. */
interface Mine {
  readonly subscription: TopicSubscription;
  readonly group: string;
  readonly topics: readonly string[];
  readonly concurrency: number;
  readonly atWork: Map<TopicEvent, PromiseWithResolvers<void>>;
  open: boolean;
}

it("the server has just the patterns of those that are open, and each event is settled once, whatever comes in whatever order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), async (steps) => {
      const stage = stageTopics();
      const server = createServer(stage);
      const all: Mine[] = [];
      let ids = 0;

      function subscribe(topics: readonly string[], group: string, concurrency: number): void {
        const atWork: Mine["atWork"] = new Map();
        const handler = (event: TopicEvent): Promise<void> => {
          const ending = Promise.withResolvers<void>();
          atWork.set(event, ending);
          return ending.promise;
        };
        const subscription = stage.client.subscribe(topics, handler, { group, concurrency });
        all.push({ subscription, group, topics, concurrency, atWork, open: true });
      }
      async function finish(at: number, fails: boolean): Promise<void> {
        const working = all.flatMap(({ atWork }) => [...atWork.keys()].map((event) => ({ atWork, event })));
        const one = working[at % Math.max(1, working.length)];
        if (one === undefined) return;
        const { resolve, reject } = one.atWork.get(one.event)!;
        one.atWork.delete(one.event);
        if (fails) reject(new Error());
        else resolve();
        await settle();
      }
      const fits = (mine: Mine, event: TopicEvent): boolean =>
        mine.group === event.group && mine.topics.some((pattern) => compilePattern(pattern)(segmentsOf(event.topic)));

      for (const each of steps) {
        if (each.type === "subscribe" && all.length < 6) subscribe(each.topics, each.group, each.concurrency);
        else if (each.type === "give" && server.covers(each.group, each.topic)) {
          const id = `m${ids++}`;
          server.given.add(id);
          await stage.giveAs({ id, topic: each.topic, group: each.group });
        } else if (each.type === "finish") await finish(each.at, each.fails);
        else if (each.type === "answer") await stage.answer();
        else if (each.type === "stop" && all.length > 0) {
          const mine = all[each.at % all.length]!;
          mine.open = false;
          void mine.subscription.stop();
        } else if (each.type === "refuse") await stage.refuse("SUBSCRIBE", "topic/too-many");
        else if (each.type === "wait") {
          stage.say({ op: Op.heartbeatAck });
          stage.platform.step(each.ms);
        } else if (each.type === "reconnect") {
          stage.cut();
          await settle();
          stage.comeBack();
        }
        await settle();
        server.read();
        const open = all.filter((mine) => mine.open);
        const expected = new Set(open.flatMap(({ group, topics }) => topics.map((topic) => `${group} ${topic}`)));
        expect(new Set(server.has.keys())).toEqual(expected);
        for (const [key, most] of server.has) {
          const hands = open.filter(({ group }) => key.startsWith(`${group} `)).map(({ concurrency }) => concurrency);
          expect(most).toBeLessThanOrEqual(hands.reduce((sum, one) => sum + one));
        }
        for (const mine of all) {
          expect(mine.atWork.size).toBeLessThanOrEqual(mine.concurrency);
          expect([...mine.atWork.keys()].every((event) => fits(mine, event))).toBe(true);
        }
      }

      const drained = stage.client.drain();
      for (let left = all.length * 200; left > 0 && all.some(({ atWork }) => atWork.size > 0); left--) {
        await finish(0, false);
      }
      for (let i = 0; i < 3; i++) await stage.answer();
      await drained;
      server.read();
      expect([server.has.size, stage.platform.timers]).toEqual([0, 0]);
      // What was lost to its time while it waited is the server's to give to others.
      const waited = steps.some(({ type }) => type === "wait");
      if (!waited) expect([...server.given]).toEqual([]);
    }),
    { numRuns: 60 },
  );
}, 60_000);
