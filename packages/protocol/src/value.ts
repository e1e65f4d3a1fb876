/**
 * A value as it travels on the wire, after decoding.
 *
 * - integers within ±(2^53 − 1) are `number`, integers beyond are `bigint`: no digit is ever lost;
 * - binary data (msgpack `bin`, an etf binary that is no UTF-8) is `Uint8Array`;
 * - maps are objects whose own keys alone count: read them with `Object.hasOwn`, never with `in`, because
 *   `__proto__` and `constructor` are plain keys here.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Whole
  | readonly Value[]
  | { readonly [key: string]: Value };

/**
 * A float without a fraction (`50.0`), kept apart from the integer `50` while a payload crosses from one codec
 * to another. Only {@link Codec.decodeExact} produces it; every codec's encoder writes it as a float again.
 */
export class Whole {
  readonly float: number;

  constructor(float: number) {
    this.float = float;
  }
}

/** Whether a value decoded in the plain way, so without {@link Whole}, is a map. */
export function isMap(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
