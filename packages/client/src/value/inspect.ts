import { isTyped } from "../metadata/typed.ts";
import { escapeSegment, invalidValue, kindOf } from "./describe.ts";
import { checkNumber } from "./exact.ts";

/** Maps and lists may be nested this deep, the frame around a payload counted. */
export const maxDepth = 128;

/** Where an inspection is: the key at hand in a container, and the container that holds it. */
interface Place {
  readonly outer: Place | null;
  key: string | number;
}

/**
 * Looks a value through before it is sent: true where it holds anything that JSON has no form for, and that codecs of
 * ours write all the same: bigints, bytes, typed values (`version("2.1.0")`). Hot path: nothing is copied.
 * @throws `client/invalid-value` for what would not arrive as it is: a whole number that may have lost digits, NaN and
 * infinities, functions, symbols, objects of the language (maps, sets, errors, boxed values), `undefined` by itself, and what is nested deeper than 128 levels or
 * holds itself. `details.at` is the place, as a JSON Pointer.
 */
export function holdsSpecial(value: unknown): boolean {
  return inspect(value, null, maxDepth);
}

function inspect(value: unknown, place: Place | null, levels: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return false;
    case "number":
      checkNumber(value, () => formatPlace(place));
      return false;
    case "bigint":
      return true;
    case "object":
      return value !== null && inspectObject(value, place, levels);
    default:
      throw unsendable(value, place);
  }
}

function inspectObject(value: object, outer: Place | null, levels: number): boolean {
  if (value instanceof Uint8Array) return true;
  if (isTyped(value)) return inspect(value.value, outer, levels) || true;
  if (levels === 0) {
    const message = `expected at most ${maxDepth} levels, got more, or a value that holds itself`;
    throw invalidValue(formatPlace(outer), message);
  }
  const place: Place = { outer, key: 0 };
  let special = false;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      place.key = i;
      if (value[i] !== undefined && inspect(value[i], place, levels - 1)) special = true;
    }
    return special;
  }
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return inspect(toJSON.call(value, ""), outer, levels - 1);
  if (Object.getPrototypeOf(value) !== Object.prototype && kindOf(value) !== "Object") throw unsendable(value, outer);
  for (const key in value) {
    const item = (value as Readonly<Record<string, unknown>>)[key];
    place.key = key;
    if (item !== undefined && inspect(item, place, levels - 1)) special = true;
  }
  return special;
}

function unsendable(value: unknown, place: Place | null): Error {
  return invalidValue(formatPlace(place), `expected a value that can be sent, got ${kindOf(value)}`);
}

function formatPlace(place: Place | null): string {
  return place === null ? "" : `${formatPlace(place.outer)}/${escapeSegment(String(place.key))}`;
}
