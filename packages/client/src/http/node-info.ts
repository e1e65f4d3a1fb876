import type { MetadataType } from "../metadata/types.ts";

/** A client as `queryNodes` and `http.query` list it. */
export interface NodeInfo<M = { readonly [key: string]: unknown }> {
  readonly app: string;
  readonly id: string;
  readonly metadata: Readonly<Partial<M>>;
  /** The types of metadata, by key. */
  readonly types: { readonly [key: string]: MetadataType };
  /** Where it is: the address it gave, or its peer address; `null` where there is none. */
  readonly ip: string | null;
  /** Queues it has open requests at. */
  readonly queues: readonly string[];
}
