/** Every way in which a query can be wrong. */
export type QueryFaultCode =
  | "query/not-a-map"
  | "query/bad-application"
  | "query/bad-ops"
  | "query/bad-op"
  | "query/unknown-op"
  | "query/bad-path"
  | "query/bad-to"
  | "query/bad-value"
  | "query/integer-range"
  | "query/bad-with"
  | "query/too-deep"
  | "query/too-many-ops"
  | "query/bad-selector"
  | "query/unknown-selector"
  | "query/bad-key";

/** Why a query is refused: where in it (JSON Pointer, "" for the whole), what was expected and what came. */
export interface QueryFault {
  readonly ok: false;
  readonly code: QueryFaultCode;
  readonly at: string;
  readonly message: string;
}

/** State of one parse: the fault that ended it, and how many ops were met. */
export interface ParseContext {
  fault: QueryFault | null;
  opCount: number;
}

/** Records the fault that ends a parse (the first stays) and answers `null`, which every parser passes up. */
export function fail(context: ParseContext, code: QueryFaultCode, at: string, message: string): null {
  context.fault ??= { ok: false, code, at, message };
  return null;
}
