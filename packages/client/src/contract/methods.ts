import type { Contract, IsOpen } from "./contract.ts";
import type { Schema, SchemaInput, SchemaOutput } from "./schema.ts";
import { createValidation, type Validation } from "./validation.ts";

/** What a method is given and what it returns, as types. */
export interface MethodContract {
  /** What its callers give. */
  readonly given: unknown;
  /** What its handler gets. */
  readonly received: unknown;
  /** What its handler returns, or each message of it. */
  readonly returned: unknown;
  /** What its callers get. */
  readonly result: unknown;
}

/** What an application declares about a method. What has no schema is not held to anything. */
export interface MethodDeclaration {
  /** The input, which is one value. */
  readonly input?: Schema;
  /** In its place: each message of an input that is a stream. */
  readonly inputs?: Schema;
  /** What it returns, or each message of that. */
  readonly output?: Schema;
}

/** Declarations of methods, by name. */
export type Methods = { readonly [method: string]: MethodDeclaration };

export type MethodsOf<D> = { readonly [N in keyof D]: MethodOf<D[N]> };

interface MethodOf<D> extends MethodContract {
  readonly given: D extends { readonly inputs: infer S }
    ? AsyncIterable<SchemaInput<S>> | ReadableStream<SchemaInput<S>> | Generator<SchemaInput<S>>
    : In<D, "input">;
  readonly received: D extends { readonly inputs: infer S } ? AsyncIterableIterator<SchemaOutput<S>> : Out<D, "input">;
  readonly returned: In<D, "output">;
  readonly result: Out<D, "output">;
}

// biome-ignore lint/suspicious/noExplicitAny: what has no schema is not held to anything.
type In<D, K extends string> = D extends { readonly [N in K]: infer S } ? SchemaInput<S> : any;
// biome-ignore lint/suspicious/noExplicitAny: the same.
type Out<D, K extends string> = D extends { readonly [N in K]: infer S } ? SchemaOutput<S> : any;

/** The methods of an application that may be called; any text where it declared none. */
export type MethodNameOf<C extends Contract> = IsOpen<C["methods"]> extends true ? string : keyof C["methods"] & string;

/** One side of a method; `any` where it was not declared. */
export type MethodPart<C extends Contract, N extends string, K extends keyof MethodContract> =
  // biome-ignore lint/suspicious/noExplicitAny: whoever declares nothing is not held to anything.
  IsOpen<C["methods"]> extends true ? any : N extends keyof C["methods"] ? C["methods"][N][K] : any;

/** What was declared about a method, as functions that check; each absent where it cannot. */
export interface MethodValidation {
  /** Whether its input is a stream; `null` where nothing was said about the input. */
  readonly streams: boolean | null;
  readonly input: ((value: unknown) => Validation) | undefined;
  readonly output: ((value: unknown) => Validation) | undefined;
}

export function createMethodValidation(
  { input, inputs, output }: MethodDeclaration,
  check: ((schema: never, value: unknown) => boolean) | undefined,
): MethodValidation {
  const given = inputs ?? input;
  return {
    streams: given === undefined ? null : inputs !== undefined,
    input: given && createValidation(given, check),
    output: output && createValidation(output, check),
  };
}
