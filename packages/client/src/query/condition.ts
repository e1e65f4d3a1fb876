import type { IsOpen } from "../contract/contract.ts";
import type { Has } from "../contract/paths.ts";
import type { Typed } from "../metadata/types.ts";
import type { Version } from "../metadata/version.ts";
import type { Op } from "./query.ts";

declare const about: unique symbol;
declare const shape: unique symbol;
declare const anything: unique symbol;

/** Metadata of whom nothing is known. What is said about it does not count for an application that was declared. */
export interface AnyMetadata {
  readonly [anything]: true;
}

/**
 * A condition on clients whose metadata is `M`, or has at least what `M` has. It is a plain op; the mark is for types
 * only.
 */
export type Condition<M = AnyMetadata> = Op & { readonly [about]: (metadata: M) => void };

/** The value at a path, as the other side of a comparison. `S` is the {@link Shape} of the value. */
export interface Reference<S, M> {
  readonly [shape]: S;
  readonly [about]: (metadata: M) => void;
}

/**
 * What makes values comparable with each other: numbers of either type with numbers, text with text, versions with
 * versions, lists with lists of comparable elements.
 */
export type Shape<V> =
  IsOpen<V> extends true
    ? // biome-ignore lint/suspicious/noExplicitAny: what is not known compares with everything.
      any
    : V extends Version
      ? "version"
      : V extends string
        ? "text"
        : V extends number | bigint
          ? "number"
          : V extends boolean
            ? "boolean"
            : V extends readonly (infer E)[]
              ? readonly Shape<E>[]
              : V extends null
                ? "null"
                : "map";

type TypedNumber = Typed<"integer" | "float">;

/** What may be written as a constant that equals a `V`. */
export type Constant<V> =
  IsOpen<V> extends true
    ? unknown
    : V extends Version
      ? string | Typed<"version">
      : V extends string | boolean | null
        ? V
        : V extends number
          ? number extends V
            ? number | bigint | TypedNumber
            : V | TypedNumber
          : V extends bigint
            ? bigint | number | TypedNumber
            : V extends object
              ? { readonly [K in keyof V]: Constant<V[K]> }
              : never;

/** What values are ordered against: any number, any text, any version. */
type Bound<V> =
  IsOpen<V> extends true
    ? unknown
    : V extends Version
      ? string | Typed<"version">
      : V extends string
        ? string
        : V extends number | bigint
          ? number | bigint | TypedNumber
          : never;

/** What a list has as elements, or a map as keys. */
type Part<V> =
  IsOpen<V> extends true
    ? unknown
    : V extends readonly (infer E)[]
      ? Constant<E>
      : V extends object
        ? keyof V & string
        : never;

type PartShape<V> =
  IsOpen<V> extends true
    ? // biome-ignore lint/suspicious/noExplicitAny: what is not known compares with everything.
      any
    : V extends readonly (infer E)[]
      ? Shape<E>
      : V extends object
        ? "text"
        : never;

/** What can be said about any value. */
interface Equality<V, M> {
  /** Equal, structurally and without coercion: "5" is not 5, but 5 and 5.0 are one number. */
  eq(to: Constant<V> | Reference<Shape<V>, M>): Condition<M>;
  /** There, and not equal. */
  ne(to: Constant<V> | Reference<Shape<V>, M>): Condition<M>;
  /** One of these. */
  in(to: readonly Constant<V>[] | Reference<readonly Shape<V>[], M>): Condition<M>;
  /** There, and none of these. */
  nin(to: readonly Constant<V>[] | Reference<readonly Shape<V>[], M>): Condition<M>;
  /** Whether the path is there; `exists(false)` asks for its absence, which no other op matches. */
  exists(present?: boolean): Condition<M>;
  /** What to compare with where this path is missing: `path("/used").lt(path("/slots").withDefault(8))`. */
  withDefault(value: Constant<V>): Reference<Shape<V>, M>;
}

/** What can be said about numbers, text (by UTF-16 code unit) and versions (by precedence). */
interface Order<V, M> {
  gt(to: Bound<V> | Reference<Shape<Extract<V, Ordered>>, M>): Condition<M>;
  gte(to: Bound<V> | Reference<Shape<Extract<V, Ordered>>, M>): Condition<M>;
  lt(to: Bound<V> | Reference<Shape<Extract<V, Ordered>>, M>): Condition<M>;
  lte(to: Bound<V> | Reference<Shape<Extract<V, Ordered>>, M>): Condition<M>;
}

/** What can be said about lists and maps. */
interface Containment<V, M> {
  /** The list has this element; the map has this key. */
  contains(to: Part<V> | Reference<PartShape<V>, M>): Condition<M>;
  /** The list is there without this element; the map is there without this key. */
  ncontains(to: Part<V> | Reference<PartShape<V>, M>): Condition<M>;
}

type Ordered = string | number | bigint;

/** The value `V` at a path into metadata `M`: compare it with constants, or with other paths of the same client. */
export type Path<V, M = AnyMetadata> = Reference<Shape<V>, M> &
  Equality<V, M> &
  (Has<V, Ordered> extends true ? Order<V, M> : unknown) &
  (Has<V, object> extends true ? Containment<V, M> : unknown);
