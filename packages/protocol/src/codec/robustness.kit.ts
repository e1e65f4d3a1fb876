import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { type Value, Whole } from "../value.ts";
import { type Codec, type Frame, type FrameFault, isFault } from "./codec.ts";

/** What both binary codecs promise about bytes from strangers. */
export interface RobustnessSubject {
  readonly codec: Codec;
  /** Valid frames, between them every kind of value. */
  readonly frames: readonly Uint8Array[];
  /** Bytes that garbage starts with, so that it gets past the door. */
  readonly prefix: readonly number[];
  /** Bytes that matter to the format, which mutations prefer. */
  readonly heads: readonly number[];
  /** A frame whose `d` nests lists, or maps, so deep in all. */
  nested(levels: number, kind: "list" | "map"): Uint8Array;
  /** Frames that announce far more than they hold. */
  readonly lies: { readonly [what: string]: readonly number[] };
}

export const limits = { maxDepth: 128 };
/** Not as a literal, which reads as the accessor. */
const PROTO = "__proto__";
const SEED = 0x51_6e_67_79;
const INPUTS = 50_000;

export function readOk(codec: Codec, input: Uint8Array): Frame {
  const read = codec.readFrame(input, limits);
  if (isFault(read)) throw new Error(`expected a frame, got ${read.fault} at ${read.at}: ${read.message}`);
  return read;
}

export function readFault(codec: Codec, input: Uint8Array, maxDepth = 128): FrameFault {
  const read = codec.readFrame(input, { maxDepth });
  if (!isFault(read)) throw new Error("expected a fault, got a frame");
  return read;
}

/** Mulberry32: the same numbers on every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) % 0x1000_0000) % below;
  };
}

/** Everything a reader may do with an accepted frame; throws where the codec breaks a promise. */
function useWholly(codec: Codec, frame: Frame): void {
  if (frame.op !== null && !Number.isSafeInteger(frame.op)) throw new Error(`op is ${frame.op}`);
  const d = frame.d;
  if (d === undefined) return;
  const exact = stable(codec, d);
  codec.decode(d);
  if (!frame.hasFields) return;
  for (const name of Object.keys(exact as object)) {
    const raw = frame.field(name);
    if (raw === undefined) throw new Error(`the field ${JSON.stringify(name)} is lost`);
    const value = (exact as { [key: string]: Value })[name];
    if (!isDeepStrictEqual(stable(codec, raw), value)) throw new Error(`the field ${JSON.stringify(name)} differs`);
  }
}

function stable(codec: Codec, raw: Uint8Array | string): Value {
  const value = codec.decodeExact(raw);
  const again = codec.decodeExact(codec.encode(value));
  if (!isDeepStrictEqual(again, value)) throw new Error("encoding and decoding again gave another value");
  return value;
}

export function describeRobustness(subject: RobustnessSubject): void {
  const { codec, frames, prefix, heads } = subject;

  describe("against strangers", () => {
    test("every frame cut short anywhere is a fault", () => {
      for (const frame of frames) {
        for (let end = 0; end < frame.length; end += 1) {
          const read = codec.readFrame(frame.slice(0, end), limits);
          if (!isFault(read)) throw new Error(`accepted ${end} of ${frame.length} bytes`);
          expect(read.at).toBeLessThanOrEqual(end);
        }
        useWholly(codec, readOk(codec, frame));
      }
    });

    test("bytes behind a frame are a fault", () => {
      for (const frame of frames) {
        const longer = new Uint8Array([...frame, 0]);
        expect(readFault(codec, longer)).toMatchObject({ fault: "malformed", at: frame.length });
      }
    });

    test(`${INPUTS} mutated and made-up frames never make it throw (seed ${SEED})`, { timeout: 60_000 }, () => {
      const random = createRandom(SEED);
      let accepted = 0;
      for (let i = 0; i < INPUTS; i += 1) {
        const input = i % 3 === 0 ? garbage(random) : mutated(random);
        try {
          const read = codec.readFrame(input, limits);
          if (isFault(read)) continue;
          accepted += 1;
          useWholly(codec, read);
        } catch (error) {
          throw new Error(`input ${i}: ${Array.from(input).join(" ")}`, { cause: error });
        }
      }
      expect(accepted).toBeGreaterThan(INPUTS / 50);
    });

    test.for(["list", "map"] as const)("a %s nests to the limit and no deeper", (kind) => {
      useWholly(codec, readOk(codec, subject.nested(128, kind)));
      expect(readFault(codec, subject.nested(129, kind)).fault).toBe("too-deep");
      expect(readFault(codec, subject.nested(8, kind), 7)).toMatchObject({
        fault: "too-deep",
        message: "maps and lists nest deeper than 7 levels",
      });
    });

    test("no limit lets a frame exhaust the stack", () => {
      const read = codec.readFrame(subject.nested(1024, "map"), { maxDepth: 1_000_000 });
      if (isFault(read)) throw new Error(read.message);
      useWholly(codec, read);
      expect(readFault(codec, subject.nested(100_000, "list"), 1_000_000).fault).toBe("too-deep");
    });

    test.for(Object.entries(subject.lies))("a lie about length is a fault: %s", ([, lie]) => {
      expect(readFault(codec, new Uint8Array(lie)).fault).toBe("malformed");
    });

    test("a mebibyte of small values is read and decoded in linear time", () => {
      const list = new Array(1 << 17).fill("\u00e9abcde");
      const frame = codec.encodeFrame(4, { list }, 0, "SEND") as Uint8Array;
      expect(codec.decode(readOk(codec, frame).field("list") as Uint8Array)).toEqual(list);
    });

    test("more fields than are kept room for are all found", () => {
      const many = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${i}`, i]));
      for (let round = 0; round < 2; round += 1) {
        const frame = readOk(codec, codec.encodeFrame(4, many, 0, "SEND") as Uint8Array);
        for (let i = 0; i < 2000; i += 97) expect(codec.decode(frame.field(`k${i}`) as Uint8Array)).toBe(i);
        expect(readOk(codec, codec.encodeFrame(4, { a: 1 }, 0, null) as Uint8Array).field("k0")).toBeUndefined();
      }
    });

    test("keys that objects are born with are plain keys", () => {
      const inner = Object.fromEntries<Value>([
        [PROTO, { polluted: true }],
        ["constructor", "c"],
      ]);
      const d = Object.fromEntries<Value>([
        [PROTO, inner],
        ["toString", 1],
      ]);
      const frame = readOk(codec, codec.encodeFrame(4, d, 0, "SEND") as Uint8Array);
      const decoded = codec.decode(frame.d!) as { [key: string]: { [key: string]: Value } };
      expect(Object.keys(decoded)).toEqual([PROTO, "toString"]);
      expect(Object.keys(decoded[PROTO]!)).toEqual([PROTO, "constructor"]);
      expect(codec.decode(frame.field("toString")!)).toBe(1);
      expect(frame.field("valueOf")).toBeUndefined();
      expect("polluted" in {}).toBe(false);
    });

    test("decoded binaries outlive the frame, a Node Buffer's too", () => {
      const frame = Buffer.from(codec.encodeFrame(4, { b: new Uint8Array([0xff, 1]) }, 0, null) as Uint8Array);
      const decoded = codec.decode(readOk(codec, frame).field("b")!);
      frame.fill(0);
      expect(decoded).toEqual(new Uint8Array([0xff, 1]));
    });

    test("a raw field is a slice of its frame", () => {
      const frame = codec.encodeFrame(4, { b: "abc" }, 0, null) as Uint8Array;
      expect((readOk(codec, frame).field("b") as Uint8Array).buffer).toBe(frame.buffer);
    });

    test("text is no raw value", () => {
      expect(() => codec.decode("1")).toThrow(TypeError);
    });

    test("what is no value cannot be encoded, and leaves nothing behind", () => {
      expect(() => codec.encode([1, undefined as never])).toThrow(TypeError);
      expect(codec.decode(codec.encode([1]))).toEqual([1]);
    });
  });

  function mutated(random: (below: number) => number): Uint8Array {
    const bytes = Array.from(frames[random(frames.length)]!);
    for (let left = 1 + random(4); left > 0; left -= 1) {
      const at = random(bytes.length);
      const byte = random(2) === 0 ? random(256) : heads[random(heads.length)]!;
      const how = random(8);
      if (how < 5) bytes[at] = byte;
      else if (how === 5) bytes.splice(at, 0, byte);
      else if (how === 6) bytes.splice(at, 1 + random(3));
      else bytes.splice(at, 0, ...bytes.slice(random(bytes.length), random(bytes.length) + 8));
      if (bytes.length === 0) bytes.push(byte);
    }
    return new Uint8Array(bytes);
  }

  function garbage(random: (below: number) => number): Uint8Array {
    const bytes = random(8) === 0 ? [] : [...prefix];
    for (let left = random(64); left > 0; left -= 1) {
      bytes.push(random(3) === 0 ? random(256) : heads[random(heads.length)]!);
    }
    return new Uint8Array(bytes);
  }
}

/** Values to build sample frames from: every kind, and the edges of each. */
export const sampleValues: { readonly [name: string]: Value } = {
  nothing: [null, true, false, {}, [], "", new Uint8Array([0xff])],
  integers: [0, 127, 128, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER],
  negatives: [-1, -32, -33, -128, -129, -32_768, -32_769, -(2 ** 31), -(2 ** 31) - 1, Number.MIN_SAFE_INTEGER],
  bigs: [2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 64n - 1n, -(2n ** 53n), -(2n ** 63n)],
  floats: [0.5, -1.25, Number.MIN_VALUE, 1.1e-9, new Whole(50), new Whole(-0), new Whole(1e300)],
  texts: ["a", "é", "\u{1f600}", "\ufeffbom", "x".repeat(31), "y".repeat(40), "z".repeat(300), "漢字".repeat(20)],
  maps: { a: { b: { c: [{ d: 1 }] } }, é: "key", "": 0 },
};
