/**
 * A value as it travels between clients: what JSON has, integers beyond ±(2^53 − 1) as `bigint`, and binary data of the
 * encodings that have it as `Uint8Array`. Values that a plugin is given are only read: to change one, make another.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value };

/** What may be there at once, or as a promise. */
export type Awaitable<T> = T | PromiseLike<T>;
