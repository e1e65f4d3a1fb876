import { isPlainMap } from "../value/describe.ts";
import { type MetadataType, metadataTypes } from "./types.ts";

/** Metadata as users read it. */
export interface ReadMetadata {
  readonly metadata: { readonly [key: string]: unknown };
  readonly types: { readonly [key: string]: MetadataType };
}

/**
 * Reads metadata as servers list it: plain values by key, and their types by key. A version stays the text that it is,
 * `"2.1.0"`, and `types` tells it from other text; integers are numbers, beyond ±(2^53 − 1) bigints. Whatever is not
 * understood is left out: this never throws. Values are taken over, not copied.
 */
export function readMetadata(values: unknown, typesByKey: unknown): ReadMetadata {
  return {
    metadata: isPlainMap(values) ? Object.freeze({ ...values }) : {},
    types: isPlainMap(typesByKey)
      ? Object.freeze(Object.fromEntries(Object.entries(typesByKey).filter(isKnownType)))
      : {},
  };
}

function isKnownType(entry: [string, unknown]): entry is [string, MetadataType] {
  return metadataTypes.includes(entry[1] as MetadataType);
}
