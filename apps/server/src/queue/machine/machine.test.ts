import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBench, times } from "./machine.kit.ts";
import { dead, delayed, leased, ready } from "./message-table.ts";
import { countMessages } from "./queue-state.ts";

const names = ["a", "b", "c"];
const targets = ["any", "some", "key 1", "nobody"];
const nameAt = fc.nat(names.length - 1);
const pick = fc.nat(1000);

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("admit" as const),
        target: fc.constantFrom(...targets),
        priority: fc.nat(9),
        maxAttempts: fc.integer({ min: 1, max: 3 }),
        ttlMs: fc.constantFrom(0, 0, 300, 1200),
        delayMs: fc.constantFrom(0, 0, 400),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant("request" as const), nameAt, count: fc.integer({ min: 1, max: 4 }) }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constantFrom(
          "ack" as const,
          "nack" as const,
          "nack now" as const,
          "reject" as const,
          "give back" as const,
          "extend" as const,
        ),
        nameAt,
        pick,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("tick" as const),
        ms: fc.integer({ min: 1, max: 1500 }),
        limit: fc.constantFrom(1, 1000),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constantFrom("release" as const, "cancel" as const, "change" as const), nameAt }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("discard" as const, "redrive" as const), pick }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("pause" as const), isPaused: fc.boolean() }) },
  ),
  { maxLength: 120, size: "max" },
);

describe("the machine", () => {
  it("keeps its books in order: every message in one list, every count right, nobody left to wait for what fits", () => {
    fc.assert(
      fc.property(steps, (path) => {
        const { book, machine, queue, consumer, admit } = createBench();
        const { table } = book;
        const usual = [["any", "some", "key 1"], ["any", "key 1"], ["some"]];
        const consumers = names.map((name, i) => consumer(name, ...usual[i]!));
        let nowMs = 1000;
        const slots = (): number[] =>
          Array.from({ length: table.slots }, (_, slot) => slot).filter((slot) => table.seq.get(slot) !== 0);
        for (const step of path) {
          const who = "nameAt" in step ? consumers[step.nameAt]! : consumers[0]!;
          const held = [...who.holds.keys()];
          const seq = "pick" in step ? (held[step.pick % (held.length || 1)] ?? 0) : 0;
          const slot = "pick" in step ? slots()[step.pick % (slots().length || 1)] : undefined;
          if (step.kind === "admit") {
            const { target, priority, maxAttempts, ttlMs, delayMs } = step;
            const expiresMs = ttlMs === 0 ? 0 : nowMs + ttlMs;
            admit({ target, priority, maxAttempts, expiresMs, readyMs: delayMs === 0 ? 0 : nowMs + delayMs, nowMs });
          } else if (step.kind === "request") machine.request(who, queue(), step.count, nowMs);
          else if (step.kind === "ack") machine.ack(who, seq);
          else if (step.kind === "nack") machine.nack(who, seq, null, false, nowMs);
          else if (step.kind === "nack now") machine.nack(who, seq, 0, false, nowMs);
          else if (step.kind === "reject") machine.nack(who, seq, null, true, nowMs);
          else if (step.kind === "give back") machine.giveBack(who, seq, nowMs);
          else if (step.kind === "extend") machine.extend(who, seq, 5000, nowMs);
          else if (step.kind === "tick") {
            nowMs += step.ms;
            while (machine.tick(nowMs, step.limit));
          } else if (step.kind === "release") machine.release(who, nowMs);
          else if (step.kind === "cancel") machine.cancel(who, queue());
          else if (step.kind === "change") {
            who.client.takes = who.client.takes.length === 3 ? ["some"] : ["any", "some", "key 1"];
            machine.reconsider(who, nowMs);
          } else if (step.kind === "discard") {
            if (slot !== undefined) machine.discard(slot);
          } else if (step.kind === "redrive") {
            if (slot !== undefined && table.state.get(slot) === dead) machine.redrive(slot, nowMs);
          } else if (step.kind === "pause") machine.pause(queue(), step.isPaused, nowMs);
          check();
        }

        function check(): void {
          const found = slots();
          const q = book.queues.get("q");
          const all = q ?? queue();
          const inState = (state: number): number[] => found.filter((slot) => table.state.get(slot) === state);
          expect([all.ready, all.leased.size, all.delayed.size, all.dead.size]).toEqual(
            [ready, leased, delayed, dead].map((state) => inState(state).length),
          );
          expect([table.size, countMessages(all)]).toEqual([found.length, found.length]);
          expect(all.bytes).toBe(10 * found.length);
          // What is due is in the heap, and nothing else.
          const due = found.filter((slot) => table.state.get(slot) !== dead && table.dueMs.get(slot) !== 0);
          expect(book.heap.size).toBe(due.length);
          for (const slot of found) expect(table.heapAt.get(slot) !== -1).toBe(due.includes(slot));
          // Lanes count their messages, and line them up by turn.
          for (const lane of all.lanes.values()) {
            const mine = found.filter((slot) => book.laneOf(slot) === lane);
            expect(lane.users).toBe(mine.length);
            for (const { head } of lane.lists) {
              for (let slot = head; slot !== -1; slot = table.next.get(slot)) {
                const next = table.next.get(slot);
                if (next !== -1) expect(table.turn.get(next)).toBeGreaterThan(table.turn.get(slot));
              }
            }
          }
          // A message that is leased has a holder that knows it, and holders know of no other messages.
          for (const slot of inState(leased)) expect(consumers).toContain(book.holders.get(slot));
          for (const each of consumers) {
            for (const [seq, slot] of each.holds)
              expect([table.seq.get(slot), book.holders.get(slot)]).toEqual([seq, each]);
            const mine = inState(leased).filter((slot) => book.holders.get(slot) === each).length;
            const isStaked = mine > 0 || all.line.openOf(each) > 0;
            expect(each.stakes.get("q")).toEqual(isStaked ? { leased: mine } : undefined);
          }
          expect(all.consumers).toBe(consumers.filter(({ stakes }) => stakes.size > 0).length);
          // Nothing is left over that fits, and no empty queue.
          const asking = consumers.filter((each) => all.line.openOf(each) > 0);
          const fits = all.open.some(({ target }) => asking.some(({ client }) => client.takes.includes(target)));
          expect(fits && !all.paused).toBe(false);
          if (q !== undefined) expect(found.length + q.line.open > 0 || q.paused).toBe(true);
          else book.sweep(all);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("gives a message its old place back where its holder goes, and the end of the line where its lease ran out", () => {
    const { machine, queue, consumer, admit, given } = createBench();
    const [a, b] = [consumer("a", "any"), consumer("b", "any")];
    for (let i = 0; i < 3; i++) admit();
    machine.request(a, queue(), 1, 0);
    machine.release(a, 0);
    machine.request(b, queue(), 1, 0);
    machine.tick(times.leaseMs, 10);
    machine.tick(times.leaseMs + times.retryMs, 10);
    machine.request(b, queue(), 3, times.leaseMs + times.retryMs);
    expect(given).toEqual(["a:1", "b:1", "b:2", "b:3", "b:1"]);
  });

  it("takes a late acknowledgement also of a message that has died meanwhile, as long as nobody else got it", () => {
    const { machine, queue, consumer, admit, removed } = createBench();
    const a = consumer("a", "any");
    const seq = admit({ maxAttempts: 1 });
    machine.request(a, queue(), 1, 0);
    machine.tick(times.leaseMs, 10);
    expect(queue().dead.size).toBe(1);
    expect(machine.nack(a, seq, 0, false, times.leaseMs)).toBe(false);
    expect(machine.ack(a, seq)).toBe(true);
    expect(removed).toEqual([seq]);
    expect(machine.ack(a, seq)).toBe(false);
  });

  it("takes no acknowledgement from one that gave a message up", () => {
    const { machine, queue, consumer, admit } = createBench();
    const a = consumer("a", "any");
    const [first, second] = [admit(), admit()];
    machine.request(a, queue(), 2, 0);
    machine.nack(a, first, 100, false, 0);
    machine.nack(a, second, null, true, 0);
    expect([machine.ack(a, first), machine.ack(a, second)]).toEqual([false, false]);
    expect([a.holds.size, a.stakes.size]).toEqual([0, 0]);
  });

  it("refuses more than 10,000 open requests of one consumer in one queue, and counts them anew as they are served", () => {
    const { machine, queue, consumer, admit } = createBench();
    const a = consumer("a", "any");
    expect(machine.request(a, queue(), 10_000, 0)).toBe(true);
    expect(machine.request(a, queue(), 1, 0)).toBe(false);
    expect(machine.request(a, queue("other"), 10_000, 0)).toBe(true);
    expect(machine.request(consumer("b"), queue(), 10_000, 0)).toBe(true);
    admit();
    expect(machine.request(a, queue(), 2, 0)).toBe(false);
    expect(machine.request(a, queue(), 1, 0)).toBe(true);
  });

  it("deals with as many as it is told to at a time, those of one moment in the order of their turns", () => {
    const { machine, queue, consumer, admit, given } = createBench();
    for (let i = 0; i < 30; i++) admit({ readyMs: 100 });
    const a = consumer("a", "any");
    machine.request(a, queue(), 30, 0);
    expect(machine.tick(99, 10)).toBe(false);
    expect(machine.tick(100, 10)).toBe(true);
    expect(machine.tick(100, 10)).toBe(true);
    expect(machine.tick(100, 10)).toBe(false);
    expect(given).toEqual(Array.from({ length: 30 }, (_, i) => `a:${i + 1}`));
  });
});
