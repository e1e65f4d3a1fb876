import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Value } from "../value.ts";
import type { Codec, Raw } from "./codec.ts";
import { etfCodec, jsonCodec, msgpackCodec } from "./index.ts";
import { readOk } from "./robustness.kit.ts";
import { binary, fraction, safeInteger, text, values } from "./values.kit.ts";

const value = values({ leaves: [fc.constant(null), fc.boolean(), text, safeInteger, fraction, binary] });
const seq = fc.oneof(
  fc.nat(Number.MAX_SAFE_INTEGER),
  fc.constantFrom(0, 127, 128, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
);
const ts = fc.nat(Number.MAX_SAFE_INTEGER);

const bytesOf = (frame: Raw): Uint8Array => (typeof frame === "string" ? new TextEncoder().encode(frame) : frame);

/** Everything that a frame says, at its top level. */
function contents(codec: Codec, frame: Raw): { [key: string]: Value } {
  const start = codec.encoding === "etf" ? 1 : 0;
  const raw = codec.binary ? (frame as Uint8Array).subarray(start) : Buffer.from(bytesOf(frame)).toString();
  return { ...(codec.decodeExact(raw) as { [key: string]: Value }) };
}

describe.each([jsonCodec, msgpackCodec, etfCodec])("a number in a frame of $encoding", (codec: Codec) => {
  const frame = fc.oneof(
    fc.tuple(fc.nat(8), value, ts, fc.option(text)).map(([op, d, at, t]) => codec.encodeFrame(op, d, at, t)),
    fc.tuple(text, value, ts).map(([t, d, at]) => codec.encodeDispatch(t, codec.encode(d), at)),
    fc
      .tuple(text, value, value, fc.boolean(), ts)
      .map(([t, payload, nonce, hasNonce, at]) =>
        codec.encodeDelivery(
          t,
          { payload: codec.encode(payload), nonce: hasNonce ? codec.encode(nonce) : undefined },
          at,
        ),
      ),
    fc
      .tuple(value, safeInteger, ts)
      .map(([payload, id, at]) => codec.encodeEvent("DATA", ["id", "payload"], [id, codec.encode(payload)], at)),
  );

  test("is all that it adds, whatever the frame is and however long the number", () => {
    fc.assert(
      fc.property(frame, seq, (plain, n) => {
        const numbered = codec.number(plain, n);
        expect(contents(codec, numbered)).toEqual({ ...contents(codec, plain), seq: n });
        expect(Object.keys(contents(codec, numbered)).at(-1)).toBe("seq");
        readOk(codec, bytesOf(numbered));
      }),
      { numRuns: 500 },
    );
  });

  test("leaves the frame that others share as it was", () => {
    const shared = bytesOf(codec.encodeFrame(4, { a: "신경" }, 5, "SEND"));
    const before = shared.slice();
    const numbered = [1, 200, 70_000].map((n) => codec.number(shared, n));
    expect(shared).toEqual(before);
    expect(numbered.map((one) => contents(codec, one).seq)).toEqual([1, 200, 70_000]);
    expect(contents(codec, shared)).not.toHaveProperty("seq");
  });
});

test("text is numbered as text, and its UTF-8 as bytes that say the same", () => {
  const frame = jsonCodec.encodeFrame(3, { error: "신경" }, 5, null) as string;
  const numbered = jsonCodec.number(frame, 7);
  expect(numbered).toBe('{"op":3,"d":{"error":"신경"},"ts":5,"t":null,"seq":7}');
  expect(Buffer.from(jsonCodec.number(Buffer.from(frame), 7) as Uint8Array).toString()).toBe(numbered);
});

test.each([msgpackCodec, etfCodec])("text is no frame in $encoding", (codec) => {
  expect(() => codec.number("{}", 1)).toThrow(TypeError);
});
