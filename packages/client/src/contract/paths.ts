import type { IsOpen } from "./contract.ts";
import type { BaseMetadata } from "./metadata.ts";

/** Paths are known this many levels deep; a declaration that goes deeper is cut there. */
type Levels = [0, 0, 0, 0, 0, 0];

/** The paths into metadata that was declared as `M`; any text where nothing was declared. */
export type PathOf<M> = IsOpen<M> extends true ? string : Below<M, Levels> | `/${keyof BaseMetadata}`;

type Below<V, Left extends readonly unknown[]> = Left extends readonly [unknown, ...infer Less]
  ? IsOpen<V> extends true
    ? `/${string}`
    : V extends string | number | bigint | boolean | null | undefined | Uint8Array
      ? never
      : V extends readonly (infer E)[]
        ? `/${number}${"" | Below<E, Less>}`
        : { [K in keyof V & (string | number)]-?: `/${Escaped<`${K}`>}${"" | Below<V[K], Less>}` }[keyof V &
            (string | number)]
  : never;

/** The type of the value at a path; `never` where there is none. */
export type ValueAt<M, P extends string> =
  // biome-ignore lint/suspicious/noExplicitAny: whoever declares nothing is not held to anything.
  IsOpen<M> extends true ? any : P extends `/${infer Rest}` ? WalkFrom<M, Rest> : never;

/** The server's own keys go before a declaration's. */
type WalkFrom<M, Rest extends string> = Rest extends keyof BaseMetadata ? BaseMetadata[Rest] : Walk<M, Rest>;

type Walk<V, Rest extends string> = Rest extends `${infer Key}/${infer More}`
  ? Walk<Step<V, Unescaped<Key>>, More>
  : Step<V, Unescaped<Rest>>;

type Step<V, Key extends string> =
  IsOpen<V> extends true
    ? // biome-ignore lint/suspicious/noExplicitAny: the same.
      any
    : V extends readonly unknown[]
      ? number extends V["length"]
        ? V[number]
        : Key extends keyof V
          ? V[Key]
          : Key extends `${number}`
            ? V[number]
            : never
      : Key extends keyof V
        ? Exclude<V[Key], undefined>
        : never;

/** The paths that `min` and `max` can order by: where there is a number, a version or text. */
export type OrderedPathOf<M> = PathWith<M, PathOf<M>, string | number | bigint>;

/** The paths that `avg` can take the mean of: where there is a number. */
export type NumberPathOf<M> = PathWith<M, PathOf<M>, number | bigint>;

type PathWith<M, P extends string, Kind> =
  IsOpen<M> extends true ? string : P extends string ? (Has<ValueAt<M, P>, Kind> extends true ? P : never) : never;

/** Whether some of the values that a type allows are of a kind. */
export type Has<V, Kind> = IsOpen<V> extends true ? true : Extract<V, Kind> extends never ? false : true;

type Escaped<K extends string> = Replaced<Replaced<K, "~", "~0">, "/", "~1">;
type Unescaped<K extends string> = Replaced<Replaced<K, "~1", "/">, "~0", "~">;

type Replaced<T extends string, From extends string, To extends string> = T extends `${infer Head}${From}${infer Tail}`
  ? `${Head}${To}${Replaced<Tail, From, To>}`
  : T;

/** A JSON Pointer of these segments, each escaped. */
export type PointerOf<Segments extends readonly (string | number)[]> = Segments extends readonly [
  infer First extends string | number,
  ...infer Rest extends readonly (string | number)[],
]
  ? `/${Escaped<`${First}`>}${PointerOf<Rest>}`
  : Segments extends readonly []
    ? ""
    : string;
