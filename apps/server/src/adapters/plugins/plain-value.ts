import { type Value, Whole } from "@singyeong/protocol";

/** A value as plugins know it: floats without a fraction as plain numbers. The very same where there are none. */
export function toPlain(value: Value): Value {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (value instanceof Whole) return value.float;
  return Array.isArray(value) ? plainList(value) : plainMap(value as { readonly [key: string]: Value });
}

function plainList(list: readonly Value[]): readonly Value[] {
  let copy: Value[] | null = null;
  for (const [i, item] of list.entries()) {
    const plain = toPlain(item);
    if (plain !== item) copy ??= [...list];
    if (copy !== null) copy[i] = plain;
  }
  return copy ?? list;
}

function plainMap(map: { readonly [key: string]: Value }): { readonly [key: string]: Value } {
  let copy: Record<string, Value> | null = null;
  for (const key of Object.keys(map)) {
    const plain = toPlain(map[key]!);
    if (plain === map[key]) continue;
    copy ??= Object.assign(Object.create(null) as Record<string, Value>, map);
    copy[key] = plain;
  }
  return copy ?? map;
}

/** Why something that a plugin gave cannot travel, with where it is; `null` where it can. */
export function findFault(value: unknown, maxDepth: number, at = ""): string | null {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "bigint":
      return null;
    case "number":
      return Number.isFinite(value) ? null : `${describePlace(at)} is ${value}`;
    case "object":
      return value === null || value instanceof Uint8Array ? null : findInside(value, maxDepth, at);
    default:
      return `${describePlace(at)} is ${value === undefined ? "undefined" : `a ${typeof value}`}`;
  }
}

function findInside(value: object, maxDepth: number, at: string): string | null {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== null && prototype !== Object.prototype) {
    return `${describePlace(at)} is no plain object`;
  }
  if (maxDepth === 0) return `${describePlace(at)} is nested too deep`;
  for (const [key, item] of Object.entries(value)) {
    const fault = findFault(item, maxDepth - 1, `${at}/${key}`);
    if (fault !== null) return fault;
  }
  return null;
}

const describePlace = (at: string): string => (at === "" ? "the value" : at.slice(0, 100));
