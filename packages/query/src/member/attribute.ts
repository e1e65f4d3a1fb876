import { canonicalise, type FaultSlot } from "../value/canonical.ts";
import { isMap, nameValue, type Value } from "../value/value.ts";
import { parsePrecedence } from "../value/version.ts";

/** The types a top-level metadata value may be registered with. */
export type AttributeType = "string" | "integer" | "float" | "version" | "list" | "boolean" | "map";

/** One top-level metadata value. Its value is canonical and must not be changed any more. */
export interface Attribute {
  readonly type: AttributeType;
  readonly value: Value;
  /** The precedence of a `version` (see {@link parsePrecedence}); `null` for every other type. */
  readonly version: string | null;
}

/** Why a value is refused as metadata. `at` is a JSON Pointer into the value, "" for the value itself. */
export interface AttributeFault {
  readonly ok: false;
  readonly code: "metadata/unknown-type" | "metadata/wrong-type" | "metadata/integer-range" | "metadata/bad-version";
  readonly at: string;
  readonly message: string;
}

/** What {@link createAttribute} answers. */
export type AttributeResult = { readonly ok: true; readonly attribute: Attribute } | AttributeFault;

/**
 * Makes an attribute from what a client sent. A whole number is fine as a `float`; an `integer` must be whole and
 * within signed 64 bits; a `version` must be a semantic version. Takes the value over: do not change it afterwards.
 * Never throws.
 */
export function createAttribute(type: unknown, value: unknown): AttributeResult {
  const slot: FaultSlot = { fault: null };
  const canonical = canonicalise(value, slot);
  if (canonical === undefined) {
    const fault = slot.fault!;
    const code = fault.problem === "integer-range" ? "metadata/integer-range" : "metadata/wrong-type";
    return { ok: false, code, at: fault.at, message: fault.message };
  }
  switch (type) {
    case "string":
      return typeof canonical === "string" ? accept(type, canonical) : refuse("text", canonical);
    case "boolean":
      return typeof canonical === "boolean" ? accept(type, canonical) : refuse("a boolean", canonical);
    case "float":
      return isNumber(canonical) ? accept(type, canonical) : refuse("a number", canonical);
    case "integer":
      return createInteger(canonical);
    case "version":
      return createVersion(canonical);
    case "list":
      return Array.isArray(canonical) ? accept(type, canonical) : refuse("a list", canonical);
    case "map":
      return isMap(canonical) ? accept(type, canonical) : refuse("a map", canonical);
    default: {
      const message = `expected string, integer, float, version, list, boolean or map as type, got ${nameValue(type)}`;
      return { ok: false, code: "metadata/unknown-type", at: "", message };
    }
  }
}

function createInteger(value: Value): AttributeResult {
  if (!isNumber(value)) return refuse("an integer", value);
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return accept("integer", value);
  if (!Number.isInteger(value)) return refuse("an integer", value);
  const message = `expected an integer within signed 64 bits, got ${value}; send it as a string`;
  return { ok: false, code: "metadata/integer-range", at: "", message };
}

function createVersion(value: Value): AttributeResult {
  if (typeof value !== "string") return refuse("a semantic version", value);
  const version = parsePrecedence(value);
  if (version !== null) return { ok: true, attribute: { type: "version", value, version } };
  const message = `expected a semantic version such as 1.2.3 or 1.2.3-rc.1, got ${nameValue(value)}`;
  return { ok: false, code: "metadata/bad-version", at: "", message };
}

function isNumber(value: Value): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function accept(type: AttributeType, value: Value): AttributeResult {
  return { ok: true, attribute: { type, value, version: null } };
}

function refuse(expected: string, value: Value): AttributeResult {
  return { ok: false, code: "metadata/wrong-type", at: "", message: `expected ${expected}, got ${nameValue(value)}` };
}
