import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { came, createFlow, credited, due, type Flow, gave, isOver, maySend, sent, taken } from "./flow.ts";

/** What a server passes on, in order, and what it knows of credit; as docs/protocol/stream.md has it, in plain words. */
interface Relay {
  readonly toPeer: Frame[];
  /** Sizes of messages under way, as the server counts them. */
  readonly underWay: number[];
  credit: number;
}

type Frame =
  | { readonly type: "message"; readonly n: number }
  | { readonly type: "end" }
  | { readonly type: "credit"; readonly n: number };

/** One end, with its reader and what the relay has for it. */
interface Side {
  readonly flow: Flow;
  readonly relay: Relay;
  /** On its way to the relay. */
  readonly out: (Frame & { readonly size?: number })[];
  readonly unread: number[];
  readonly got: number[];
  said: number;
}

const maxBytes = 100;

function createSide(credit: number, window: number): Side {
  const relay: Relay = { toPeer: [], underWay: [], credit };
  return { flow: createFlow({ credit, window }), relay, out: [], unread: [], got: [], said: 0 };
}

/** Passes one frame on to the relay, which passes it on by the rules, or sees that they were broken. */
function relay(from: Side, to: Side): void {
  const frame = from.out.shift();
  if (frame === undefined) return;
  const { credit, underWay } = from.relay;
  if (frame.type === "message") {
    const bytes = underWay.reduce((sum, size) => sum + size, 0);
    expect({ credit, bytes, overrun: credit === 0 || bytes >= maxBytes }).toMatchObject({ overrun: false });
    from.relay.credit--;
    underWay.push(frame.size!);
  } else if (frame.type === "credit") {
    to.relay.credit += frame.n;
    to.relay.underWay.splice(0, frame.n);
  }
  from.relay.toPeer.push(frame);
}

function receive(from: Side, to: Side): void {
  const frame = from.relay.toPeer.shift();
  if (frame === undefined) return;
  if (frame.type === "credit") return credited(to.flow, frame.n);
  if (frame.type === "end") {
    to.flow.heardEnd = true;
    return;
  }
  expect(came(to.flow)).toBe(true);
  to.unread.push(frame.n);
  expect(to.unread.length).toBeLessThanOrEqual(to.flow.window);
}

function send(side: Side, size: number): void {
  if (!maySend(side.flow, maxBytes)) return;
  sent(side.flow, size);
  side.out.push({ type: "message", n: side.said++, size });
}

function read(side: Side, soon: boolean): void {
  const n = side.unread.shift();
  if (n !== undefined) {
    side.got.push(n);
    taken(side.flow, 1);
  }
  const credit = due(side.flow, soon || side.unread.length === 0);
  if (credit === 0) return;
  gave(side.flow, credit);
  side.out.push({ type: "credit", n: credit });
}

/** Whether anything of it is under way, or unread. */
function isBusy({ out, relay, unread, flow }: Side): boolean {
  return out.length + relay.toPeer.length + unread.length + due(flow, true) > 0;
}

function end(side: Side): void {
  if (side.flow.saidEnd) return;
  side.flow.saidEnd = true;
  side.out.push({ type: "end" });
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("send" as const),
      caller: fc.boolean(),
      size: fc.constantFrom(1, 2, 10, 50, 120),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constantFrom("relay", "receive", "read" as const), caller: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom("end" as const), caller: fc.boolean() }) },
);

describe("two ends of a stream", () => {
  it("never send more than they may, get everything once and in order, and come to their end, whatever the order of things", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(step, { maxLength: 300 }),
        (callerWindow, calleeWindow, steps) => {
          const [caller, callee] = [createSide(calleeWindow, callerWindow), createSide(callerWindow, calleeWindow)];
          for (const each of steps) {
            const [side, other] = each.caller ? [caller, callee] : [callee, caller];
            if (each.type === "send") send(side, each.size);
            else if (each.type === "relay") relay(side, other);
            else if (each.type === "receive") receive(other, side);
            else if (each.type === "read") read(side, false);
            else end(side);
          }
          // What is under way arrives and is read: then both may send again, unless they have ended.
          while (isBusy(caller) || isBusy(callee)) {
            for (const [side, other] of [
              [caller, callee],
              [callee, caller],
            ] as const) {
              relay(side, other);
              receive(other, side);
              read(side, true);
            }
          }
          for (const [side, other] of [
            [caller, callee],
            [callee, caller],
          ] as const) {
            expect(other.got).toEqual(Array.from({ length: side.said }, (_, i) => i));
            expect(maySend(side.flow, maxBytes)).toBe(!side.flow.saidEnd);
            expect(side.flow.bytes).toBe(other.flow.heardEnd ? side.flow.bytes : 0);
            end(side);
          }
          for (const [side, other] of [
            [caller, callee],
            [callee, caller],
          ] as const) {
            while (side.out.length > 0) relay(side, other);
            while (side.relay.toPeer.length > 0) receive(side, other);
          }
          expect([isOver(caller.flow), isOver(callee.flow)]).toEqual([true, true]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("an end", () => {
  it("takes no message that it gave no credit for, and none after the end", () => {
    const flow = createFlow({ credit: 0, window: 1 });
    expect([came(flow), came(flow)]).toEqual([true, false]);
    const ended = Object.assign(createFlow({ credit: 0, window: 5 }), { heardEnd: true });
    expect(came(ended)).toBe(false);
  });

  it("gives credit by halves of its window, all of it to whoever waits, none where nothing comes any more", () => {
    const flow = createFlow({ credit: 0, window: 10 });
    taken(flow, 4);
    expect([due(flow, false), due(flow, true)]).toEqual([0, 4]);
    taken(flow, 1);
    expect(due(flow, false)).toBe(5);
    flow.heardEnd = true;
    expect(due(flow, true)).toBe(0);
  });

  it("counts no more credit than there is", () => {
    const flow = createFlow({ credit: 5, window: 1 });
    credited(flow, 1_000_000);
    expect(flow.credit).toBe(1_000_000);
  });
});
