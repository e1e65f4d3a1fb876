import fc from "fast-check";
import { type Value, Whole } from "../value.ts";

/** What a codec cannot hold, or another library not say, is left out of the values that tests make up. */
export interface ValueKinds {
  readonly key?: fc.Arbitrary<string>;
  readonly leaves: readonly fc.Arbitrary<Value>[];
}

export const text: fc.Arbitrary<string> = fc.string({ unit: "binary", maxLength: 40 });
export const safeInteger: fc.Arbitrary<number> = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer(),
  fc.integer({ min: -300, max: 300 }),
);
export const fraction: fc.Arbitrary<number> = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .filter((float) => !Number.isInteger(float));
export const whole: fc.Arbitrary<Whole> = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((float) => new Whole(Math.round(float)));
/** Binary that is no UTF-8. */
export const binary: fc.Arbitrary<Uint8Array> = fc
  .uint8Array({ maxLength: 300 })
  .map((bytes) => new Uint8Array([0xff, ...bytes]));

export function bigBeyondSafe(min: bigint, max: bigint): fc.Arbitrary<bigint> {
  return fc.bigInt({ min, max }).filter((big) => !Number.isSafeInteger(Number(big)));
}

/** Any value made of the leaves, with maps as decoders make them. */
export function values(kinds: ValueKinds): fc.Arbitrary<Value> {
  const key = kinds.key ?? fc.oneof(text, fc.constantFrom("__proto__", "constructor", "toString"));
  const { value } = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      ...kinds.leaves,
      fc.array(tie("value"), { maxLength: 20 }),
      fc.array(fc.tuple(key, tie("value")), { maxLength: 20 }).map((entries) => {
        const map: { [key: string]: Value } = Object.create(null);
        for (const [name, inner] of entries) map[name] = inner;
        return map;
      }),
    ),
  }));
  return value;
}
