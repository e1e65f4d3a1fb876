import type { MetadataInput, Typed } from "../metadata/types.ts";
import type { Version } from "../metadata/version.ts";
import type { IsOpen } from "./contract.ts";

/** What servers know of every client; queried, and listed by `queryNodes`, like any metadata. */
export interface BaseMetadata {
  readonly ip: string | null;
  readonly namespace: string | null;
  readonly restricted: boolean;
  readonly encoding: string;
  /** Milliseconds since 1970. */
  readonly last_heartbeat_time: number;
  readonly receive_client_updates: boolean;
}

/** What is read from metadata that was declared as `M`. Versions are text; integers may be numbers or bigints. */
export type MetadataOf<M extends object> =
  // biome-ignore lint/suspicious/noExplicitAny: whoever declares nothing is not held to anything.
  IsOpen<M> extends true ? { readonly [key: string]: any } : { readonly [K in keyof M]: Read<M[K]> };

/** What may be set where metadata was declared as `M`. */
export type MetadataInputOf<M extends object> =
  IsOpen<M> extends true ? MetadataInput : { readonly [K in keyof M]: Input<Exclude<M[K], null | undefined>> };

/** A declared bigint comes as a number where it is small, since that is how it travels. */
type Read<V> =
  IsOpen<V> extends true
    ? V
    : V extends bigint
      ? V | number
      : V extends Primitive
        ? V
        : V extends object
          ? { readonly [K in keyof V]: Read<V[K]> }
          : V;

type Input<V> =
  IsOpen<V> extends true
    ? MetadataInput[string]
    : V extends Version
      ? Typed<"version">
      : V extends string
        ? V | Typed<"string", V>
        : V extends number
          ? V | Typed<"integer" | "float">
          : V extends bigint
            ? V | Typed<"integer">
            : V extends boolean
              ? V
              : V extends object
                ? Inner<V>
                : never;

/** Inside lists and maps values have no type of their own: versions are text there. */
type Inner<V> =
  IsOpen<V> extends true
    ? V
    : V extends Version
      ? string | Typed<"version">
      : V extends Primitive
        ? V
        : V extends object
          ? { readonly [K in keyof V]: Inner<V[K]> }
          : V;

type Primitive = string | number | bigint | boolean | null | undefined | Uint8Array;
