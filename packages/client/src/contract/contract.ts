import type { MethodContract } from "./methods.ts";

/**
 * What an application declares about itself, as types: the metadata its clients carry and the messages they take.
 * `defineApplication` makes one from a schema.
 */
export interface Contract {
  /** The value types of metadata, by key. */
  readonly metadata: object;
  /** What may be sent to the application. */
  readonly message: unknown;
  /** What the application reads: `message`, unless its schema turns it into something else (a date from text, say). */
  readonly received: unknown;
  /** The queues that the application works on, by name. */
  readonly queues: { readonly [queue: string]: QueueContract };
  /** The methods that its clients can be called by, by name. */
  readonly methods: { readonly [method: string]: MethodContract };
}

/** What may be pushed into a queue, and what is read from it. */
export interface QueueContract {
  readonly pushed: unknown;
  readonly received: unknown;
}

/** An application that declared nothing: any metadata, any message, any queue, any method. */
export interface Undeclared extends Contract {
  // biome-ignore lint/suspicious/noExplicitAny: whoever declares nothing is not held to anything.
  readonly metadata: any;
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  readonly message: any;
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  readonly received: any;
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  readonly queues: any;
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  readonly methods: any;
}

/** What may be pushed into a queue; nothing into one that is not among those declared, unless its name is not known. */
export type PushedOf<C extends Contract, N extends string> =
  // biome-ignore lint/suspicious/noExplicitAny: whoever declares nothing is not held to anything.
  IsOpen<C["queues"]> extends true ? any : N extends keyof C["queues"] ? C["queues"][N]["pushed"] : never;

/** What is read from a queue; unknown where it is not among those declared. */
export type QueuedOf<C extends Contract, N extends string> =
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  IsOpen<C["queues"]> extends true ? any : N extends keyof C["queues"] ? C["queues"][N]["received"] : unknown;

/** Whether nothing is known of a type: `any`, or `unknown`. */
export type IsOpen<T> = 0 extends 1 & T ? true : unknown extends T ? true : false;
