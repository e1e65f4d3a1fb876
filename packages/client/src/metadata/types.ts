import type { typedMark } from "./typed.ts";

/** The types of metadata (docs/protocol/metadata.md). */
export const metadataTypes = ["string", "integer", "float", "version", "list", "boolean", "map"] as const;

/** One of {@link metadataTypes}. */
export type MetadataType = (typeof metadataTypes)[number];

/**
 * A value of metadata with its type said outright; `version()`, `integer()` and `float()` make these. The mark tells it
 * from a plain map that happens to have `type` and `value`.
 */
export interface Typed<T extends MetadataType = MetadataType, V = unknown> {
  readonly [typedMark]: true;
  readonly type: T;
  readonly value: V;
}

/** What may be given as the value of a metadata key: its type is inferred, unless it is {@link Typed}. */
export type MetadataValue =
  | string
  | number
  | bigint
  | boolean
  | readonly unknown[]
  | { readonly [key: string]: unknown }
  | Typed;

/** Metadata to set, by key. */
export type MetadataInput = { readonly [key: string]: MetadataValue };

/** Metadata as it travels: each value beside its type. */
export type WireMetadata = { readonly [key: string]: { readonly type: MetadataType; readonly value: unknown } };
