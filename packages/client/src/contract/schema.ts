import type { StandardSchema } from "./standard-schema.ts";
import type { TypeBoxSchema, TypeBoxType } from "./type-box.ts";

/** What an application is declared with: a schema of TypeBox 1, or of any library that speaks Standard Schema. */
export type Schema = StandardSchema | TypeBoxSchema;

/** What fits a schema before it turns it into something else: what travels. */
export type SchemaInput<S> = S extends { readonly "~standard": { readonly types?: infer T } }
  ? NonNullable<T> extends { readonly input: infer I }
    ? I
    : unknown
  : TypeBoxType<S>;

/** What a schema makes of it. */
export type SchemaOutput<S> = S extends { readonly "~standard": { readonly types?: infer T } }
  ? NonNullable<T> extends { readonly output: infer O }
    ? O
    : unknown
  : TypeBoxType<S>;
