import { isMap, maxKeyLength, reservedMetadataKeys, type Value } from "@singyeong/protocol";
import { type Attribute, createAttribute } from "@singyeong/query";

/** Changes to a client's metadata; `null` removes a key. */
export type MetadataChanges = ReadonlyMap<string, Attribute | null>;

/** Why metadata is refused: a sentence for every bad key. */
export type MetadataFaults = { readonly [key: string]: string };

export type MetadataResult =
  | { readonly ok: true; readonly changes: MetadataChanges }
  | { readonly ok: false; readonly faults: MetadataFaults };

/** Bad keys that are named in one answer. */
const maxFaults = 64;

/**
 * Reads typed metadata, `{key: {type, value} | null}`. Bad keys are reported together and nothing is taken
 * where there is one. The sentences about types, values and reserved keys are v1's own, to the letter.
 */
export function parseMetadata(value: Value): MetadataResult {
  if (!isMap(value)) return { ok: false, faults: { "": "metadata is a map of {type, value}" } };
  const changes = new Map<string, Attribute | null>();
  const faults: Record<string, string> = Object.create(null);
  let faultCount = 0;
  for (const key of Object.keys(value)) {
    const entry = parseEntry(key, value[key]!);
    if (typeof entry !== "string") changes.set(key, entry);
    else if (++faultCount <= maxFaults) faults[shorten(key)] = `${shorten(key)}: ${entry}`;
  }
  return faultCount === 0 ? { ok: true, changes } : { ok: false, faults };
}

/** A key as far as an answer repeats it. */
function shorten(key: string): string {
  return key.length > maxKeyLength ? `${key.slice(0, maxKeyLength)}…` : key;
}

function parseEntry(key: string, entry: Value): Attribute | null | string {
  if (reservedMetadataKeys.has(key)) return "forbidden metadata key";
  if (key.length > maxKeyLength) return `key longer than ${maxKeyLength} characters`;
  if (entry === null) return null;
  if (!isMap(entry) || !Object.hasOwn(entry, "type") || !Object.hasOwn(entry, "value")) {
    return 'expected {"type": …, "value": …} or null';
  }
  const created = createAttribute(entry.type, entry.value);
  if (created.ok) return created.attribute;
  switch (created.code) {
    case "metadata/unknown-type":
      return typeof entry.type === "string" ? `type '${entry.type}' doesn't exists` : created.message;
    case "metadata/integer-range":
      return created.message;
    default:
      return `value fails validation for '${entry.type as string}'`;
  }
}
