import { SingyeongError } from "../errors.ts";
import { nameValue } from "../value/describe.ts";
import type { Contract } from "./contract.ts";
import {
  createMethodValidation,
  type MethodDeclaration,
  type Methods,
  type MethodsOf,
  type MethodValidation,
} from "./methods.ts";
import type { Schema, SchemaInput, SchemaOutput } from "./schema.ts";
import { createValidation, type Validation } from "./validation.ts";

/** An application that was declared; made by `defineApplication`. */
export interface Application<C extends Contract> {
  readonly id: string;
  /** Types only: never there at run time. */
  readonly contract?: C;
  /**
   * Checks a message, and turns it into what the application reads. Never throws, never waits; absent where messages
   * were not declared, or their schema cannot check.
   */
  readonly validateMessage?: ((value: unknown) => Validation<C["received"]>) | undefined;
  /** The same for what is queued, by queue. */
  readonly validateQueued?: { readonly [queue: string]: Application<Contract>["validateMessage"] } | undefined;
  /** The same for what methods are given and return, by method. */
  readonly validateCalled?: { readonly [method: string]: MethodValidation } | undefined;
}

/** What an application says about itself. */
export interface Declaration<M extends Schema, P extends Schema, Q extends Queued = never, D extends Methods = never> {
  /**
   * The metadata that its clients carry: a map. For types only: metadata is not checked by it at run time. Keys that
   * not every client sets are optional ones. Versions: `versionSchema` in TypeBox, `isVersion` elsewhere.
   */
  readonly metadata?: M;
  /** What may be sent to it. A Standard Schema also checks messages at run time, as they leave and as they come. */
  readonly message?: P;
  /** What may be pushed into the queues that it works on, by queue; checked as messages are. */
  readonly queues?: Q;
  /** What its methods are given and return, by method: `{add: {input, output}}`; `inputs` is each message of a stream. Checked as messages are. */
  readonly methods?: D;
  /**
   * Checks messages where the schema cannot do so itself, as in TypeBox: `Check` of `typebox/value`. Goes before what
   * a Standard Schema would do.
   */
  readonly check?: (schema: P | Q[keyof Q] | SchemasOf<D[keyof D]>, value: unknown) => boolean;
}

/** Schemas of what is queued, by queue. */
export type Queued = { readonly [queue: string]: Schema };

/** The schemas of a method. */
type SchemasOf<D> = D extends unknown ? Extract<D[keyof D], Schema> : never;

/** The contract that schemas of metadata, messages, queues and methods make. What has no schema is not held to anything. */
export interface ContractOf<M, P, Q = never, D = never> extends Contract {
  // biome-ignore lint/suspicious/noExplicitAny: whoever declares nothing is not held to anything.
  readonly metadata: [M] extends [never] ? any : SchemaInput<M> extends infer T extends object ? T : never;
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  readonly message: [P] extends [never] ? any : SchemaInput<P>;
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  readonly received: [P] extends [never] ? any : SchemaOutput<P>;
  readonly queues: [Q] extends [never]
    ? // biome-ignore lint/suspicious/noExplicitAny: the same.
      any
    : { readonly [N in keyof Q]: { readonly pushed: SchemaInput<Q[N]>; readonly received: SchemaOutput<Q[N]> } };
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  readonly methods: [D] extends [never] ? any : MethodsOf<D>;
}

/**
 * Declares an application once, for all who send to it, ask for it or are a client of it: paths, operators and payloads
 * are then held to its schemas.
 *
 * ```ts
 * const gateway = defineApplication("gateway", {
 *   metadata: Type.Object({ latency: Type.Integer(), regions: Type.Array(Type.String()) }),
 *   message: Type.Object({ user: Type.String() }),
 * });
 * await client.send(query(gateway).where((path) => path("/latency").lte(100)), { user: "17" });
 * ```
 *
 * @throws `client/invalid-value` where the id is no text
 */
export function defineApplication<
  M extends Schema = never,
  P extends Schema = never,
  Q extends Queued = never,
  const D extends Methods = never,
>(id: string, declaration: Declaration<M, P, Q, D> = {}): Application<ContractOf<M, P, Q, D>> {
  if (typeof id !== "string" || id === "") {
    throw new SingyeongError("client/invalid-value", `expected an application id, got ${nameValue(id)}`);
  }
  const { message, queues, methods, check } = declaration;
  const validationOf = (schema: Schema) => createValidation(schema, check);
  const validateMessage = message && (validationOf(message) as Application<ContractOf<M, P, Q, D>>["validateMessage"]);
  const validateQueued =
    queues && Object.fromEntries(Object.entries(queues).map(([queue, schema]) => [queue, validationOf(schema)]));
  const validateCalled =
    methods &&
    Object.fromEntries(
      Object.entries<MethodDeclaration>(methods).map(([method, of]) => [method, createMethodValidation(of, check)]),
    );
  return Object.freeze({ id, validateMessage, validateQueued, validateCalled });
}
