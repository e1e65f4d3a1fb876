import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as ws from "ws";
import { createFrameBatch, type FrameBatch } from "./frame-batch.ts";

/** A wire that says how much of what it was given has not left. */
function stageWire() {
  const written: Uint8Array[] = [];
  const wire = {
    isOpen: true,
    writableLength: 0,
    write: (bytes: Uint8Array) => void written.push(wire.writableLength > 0 ? bytes : new Uint8Array(bytes)),
  };
  return { wire, written, batch: createFrameBatch(wire, Buffer.allocUnsafeSlow as never) };
}

interface Receiver {
  on(event: "error", run: (error: Error) => void): void;
  on(event: "message", run: (data: Buffer, isBinary: boolean) => void): void;
  write(bytes: Buffer): void;
}

// Missing in its types alone.
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Receiver };

/** What a server makes of bytes. */
function read(written: readonly Uint8Array[]): (string | Uint8Array)[] {
  const got: (string | Uint8Array)[] = [];
  const receiver = new Receiver({ isServer: true });
  receiver.on("error", (error) => void got.push(error.message));
  receiver.on("message", (data, isBinary) => {
    got.push(isBinary ? new Uint8Array(data) : data.toString());
  });
  for (const bytes of written) receiver.write(Buffer.from(bytes));
  return got;
}

const lengths = fc.oneof(fc.nat(300), fc.constantFrom(41, 42, 125, 126, 127), fc.nat(16_384));
const letters = fc.constantFrom("a", "é", "…", "😀");
const text = fc
  .tuple(lengths, letters)
  .map(([length, letter]) => letter.repeat(length).slice(0, length - (length % 2)));
const bytes = lengths.map((length) => Uint8Array.from({ length }, (_, i) => i));
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ of: fc.nat(1), data: fc.oneof(text, bytes) }) },
    { weight: 2, arbitrary: fc.record({ of: fc.nat(1), data: fc.constant(null) }) },
    { weight: 1, arbitrary: fc.record({ of: fc.nat(1), data: fc.nat(1) }) },
  ),
  { maxLength: 60 },
);

describe("frames that are put together", () => {
  it("are what was added, in order, also where sockets take turns and hold on to what they were given", () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const stages = [stageWire(), stageWire()];
        const added: (string | Uint8Array)[][] = [[], []];
        for (const { of, data } of taken) {
          const { batch, wire } = stages[of]!;
          if (data === null) batch.write();
          else if (typeof data === "number") wire.writableLength = data;
          else {
            expect(batch.add(data)).toBe(true);
            added[of]!.push(data);
          }
        }
        stages.forEach(({ batch, written }, i) => {
          batch.write();
          expect(batch.bytes).toBe(0);
          expect(read(written)).toEqual(added[i]);
        });
      }),
    );
  });

  it("leave in one piece, masked anew each", () => {
    const { batch, written } = stageWire();
    for (let i = 0; i < 3; i++) batch.add("the same".repeat(5));
    expect(batch.bytes).toBe(3 * 46);
    expect(written).toEqual([]);
    batch.write();
    expect(written).toHaveLength(1);
    const [one, two] = [0, 46].map((at) => written[0]!.slice(at, at + 46));
    expect(one).not.toEqual(two);
    expect(read(written)).toEqual(Array(3).fill("the same".repeat(5)));
  });

  it("are small enough to be put together", () => {
    const { batch, written } = stageWire();
    expect(batch.add("x".repeat(16_385))).toBe(false);
    expect(batch.add(new Uint8Array(49_153))).toBe(false);
    batch.write();
    expect(written).toEqual([]);
  });

  it("are dropped where the socket is closed by then", () => {
    const { batch, wire, written } = stageWire();
    batch.add("late");
    wire.isOpen = false;
    batch.write();
    expect(written).toEqual([]);
    expect(batch.bytes).toBe(0);
  });

  it("are told apart by whose they are", () => {
    const [one, other]: FrameBatch[] = [stageWire().batch, stageWire().batch];
    one!.add("mine");
    expect([one!.bytes, other!.bytes]).toEqual([10, 0]);
    other!.add("yours");
    expect([one!.bytes, other!.bytes]).toEqual([0, 11]);
    other!.write();
  });
});
