/**
 * What an application declares about itself, as types: the metadata its clients carry and the messages they take.
 * `defineApplication` makes one from a schema.
 */
export interface Contract {
  /** The value types of metadata, by key. */
  readonly metadata: object;
  /** What may be sent to the application. */
  readonly message: unknown;
}

/** An application that declared nothing: any metadata, any message. */
export interface Undeclared extends Contract {
  // biome-ignore lint/suspicious/noExplicitAny: whoever declares nothing is not held to anything.
  readonly metadata: { readonly [key: string]: any };
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  readonly message: any;
}
