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
}

/** An application that declared nothing: any metadata, any message. */
export interface Undeclared extends Contract {
  // biome-ignore lint/suspicious/noExplicitAny: whoever declares nothing is not held to anything.
  readonly metadata: any;
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  readonly message: any;
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  readonly received: any;
}

/** Whether nothing is known of a type: `any`, or `unknown`. */
export type IsOpen<T> = 0 extends 1 & T ? true : unknown extends T ? true : false;
