import { isPlainMap } from "../value/describe.ts";
import type { Callback, CallHeaders, Handler } from "./call.ts";

/** The header that lists the callbacks of a call ([ST-21]). */
export const callbacksHeader = "callbacks";

export interface Lifted {
  readonly payload: unknown;
  /** What stood in it, by name. */
  readonly functions: ReadonlyMap<string, Handler>;
}

/** Puts names in place of the functions of an input: itself, or values of the map or list that it is. `null` where there are none. */
export function liftCallbacks(input: unknown): Lifted | null {
  if (typeof input !== "function" && !holdsFunction(input)) return null;
  const functions = new Map<string, Handler>();
  const payload = mapOnce(input, (value) => {
    if (typeof value !== "function") return value;
    const name = `callback-${functions.size}`;
    functions.set(name, value as Handler);
    return { $callback: name };
  });
  return { payload, functions };
}

function holdsFunction(input: unknown): boolean {
  if (typeof input !== "object" || input === null) return false;
  if (Array.isArray(input)) {
    for (const value of input) if (typeof value === "function") return true;
    return false;
  }
  // Dates and the like have functions too, but those are inherited.
  for (const key in input) {
    if (typeof (input as Record<string, unknown>)[key] === "function" && Object.hasOwn(input, key)) {
      return key !== "toJSON" && isPlainMap(input);
    }
  }
  return false;
}

/** Puts functions in place of the names that a call lists. */
export function seatCallbacks(payload: unknown, list: string, create: (name: string) => Callback): unknown {
  const names = new Set(list.split(","));
  return mapOnce(payload, (value) => {
    const { $callback: name } = (value ?? {}) as { $callback?: unknown };
    return typeof name === "string" && names.has(name) ? create(name) : value;
  });
}

/** Maps a value, or the values of a map or list where that leaves it as it is. */
function mapOnce(value: unknown, change: (value: unknown) => unknown): unknown {
  const changed = change(value);
  if (changed !== value || typeof value !== "object" || value === null) return changed;
  if (Array.isArray(value)) return value.map(change);
  return isPlainMap(value)
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, change(each)]))
    : value;
}

const none: CallHeaders = Object.freeze({});

/** Headers of a call as its handler sees them: without what is between clients. */
export function readHeaders(headers: unknown): CallHeaders {
  if (typeof headers !== "object" || headers === null) return none;
  if (!(callbacksHeader in headers)) return headers as CallHeaders;
  const { [callbacksHeader]: _, ...rest } = headers as Record<string, string>;
  return rest;
}
