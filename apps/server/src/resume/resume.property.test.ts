import { jsonCodec, type Raw } from "@singyeong/protocol/codec";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Outbox } from "../ports/outbox.ts";
import { FrameRing } from "./frame-ring.ts";
import { ResumableOutbox } from "./resumable-outbox.ts";

const limits = { maxFrames: 12, maxBytes: 2000 };

type Step =
  | { readonly kind: "send"; readonly sizes: readonly number[] }
  | { readonly kind: "arrive" | "confirm"; readonly count: number }
  | { readonly kind: "break" | "come back" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("send" as const), sizes: fc.array(fc.nat(300), { maxLength: 6 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("arrive" as const), count: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("confirm" as const), count: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("break" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("come back" as const) }) },
);

/** A session, a wire that loses what is under way when it breaks, and a client; beside them all frames in a plain list. */
class World {
  outbox!: ResumableOutbox;
  /** Frames of this session, and how many the client has confirmed. */
  sent: string[] = [];
  confirmed = 0;
  /** Contents that the client got, in order. */
  got: string[] = [];
  wire: Raw[] | null = null;
  /** The last frame that went for want of room: what is gone does not come back when others are confirmed. */
  lostUpTo = 0;
  /** How often the client went on where it was, and how often it could not. */
  readonly tally: { resumed: number; missed: number };

  constructor(tally: { resumed: number; missed: number }) {
    this.tally = tally;
    this.begin();
  }

  begin(): void {
    this.sent = [];
    this.got = [];
    this.confirmed = 0;
    this.lostUpTo = 0;
    const ring = new FrameRing(limits, { total: 0 });
    this.outbox = new ResumableOutbox(jsonCodec, ring, this.connect());
  }

  connect(): Outbox {
    const wire: Raw[] = [];
    this.wire = wire;
    return { send: (frame) => wire.push(frame) > 0, close() {}, backlogBytes: () => 0 };
  }

  /** The latest frames that are within the bounds and not confirmed: from which place on. */
  keptFrom(): number {
    let [from, bytes] = [this.sent.length, 0];
    while (from > this.confirmed && this.sent.length - from < limits.maxFrames) {
      bytes += this.sent[from - 1]!.length;
      if (bytes > limits.maxBytes) break;
      from--;
    }
    return from;
  }

  send(size: number): void {
    const frame = jsonCodec.encodeFrame(4, "x".repeat(size), this.sent.length, "A") as string;
    this.sent.push(frame);
    expect(this.outbox.send(frame)).toBe(true);
    this.lostUpTo = Math.max(this.lostUpTo, this.keptFrom());
  }

  arrive(count: number): void {
    for (const frame of this.wire?.splice(0, count) ?? []) {
      const { seq, ...plain } = JSON.parse(Buffer.from(frame).toString());
      expect(seq).toBe(this.got.length + 1);
      this.got.push(JSON.stringify(plain));
    }
  }

  comeBack(): void {
    const canResume = this.got.length >= this.lostUpTo;
    expect(this.outbox.canResume(this.got.length)).toBe(canResume);
    this.tally[canResume ? "resumed" : "missed"]++;
    if (!canResume) {
      expect(this.outbox.lastSeq - this.got.length).toBe(this.sent.length - this.got.length);
      return this.begin();
    }
    this.confirmed = Math.max(this.confirmed, this.got.length);
    this.outbox.attach(this.connect(), this.got.length);
  }

  take(one: Step): void {
    if (one.kind === "send") for (const size of one.sizes) this.send(size);
    else if (one.kind === "arrive") this.arrive(one.count);
    else if (one.kind === "confirm") {
      const seq = Math.min(this.got.length, this.confirmed + one.count);
      expect(this.outbox.confirm(seq)).toBe(true);
      this.confirmed = seq;
    } else if (one.kind === "break") {
      this.wire = null;
      this.outbox.detach();
    } else this.comeBack();
  }
}

it("a client gets every frame of a session once and in order, over any number of connections, or is told that it missed some", () => {
  const tally = { resumed: 0, missed: 0 };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
      const world = new World(tally);
      for (const one of steps) world.take(one);
      world.wire = null;
      world.comeBack();
      world.arrive(Number.POSITIVE_INFINITY);
      expect(world.got).toEqual(world.sent);
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(tally.resumed, tally.missed)).toBeGreaterThan(20);
});
