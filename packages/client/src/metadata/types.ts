/** The types of metadata (docs/protocol/metadata.md). */
export type MetadataType = "string" | "integer" | "float" | "version" | "list" | "boolean" | "map";

/** A value of metadata with its type said outright; `version()`, `integer()` and their like make these. */
export interface Typed<T extends MetadataType = MetadataType, V = unknown> {
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
