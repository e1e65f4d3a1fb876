import type { Schema } from "./schema.ts";
import type { StandardIssue, StandardSchema } from "./standard-schema.ts";

/** Whether a message fits what was declared, and what the schema makes of it. */
export type Validation<T = unknown> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

/** This many issues are told of; more are counted. */
const maxIssues = 4;

const asynchronous = "the schema is asynchronous, which messages are not checked by";

/**
 * Makes the function that checks messages: by `check` where it is given, else by the schema itself where it is a
 * Standard Schema; `undefined` where neither can. The function never throws: a schema that does has found a problem.
 */
export function createValidation(
  schema: Schema,
  check: ((schema: never, value: unknown) => boolean) | undefined,
): ((value: unknown) => Validation) | undefined {
  if (check !== undefined) {
    return guarded((value) =>
      check(schema as never, value) ? { ok: true, value } : { ok: false, problem: "it does not fit its schema" },
    );
  }
  return "~standard" in schema ? guarded((value) => validate(schema, value)) : undefined;
}

function guarded(validate: (value: unknown) => Validation): (value: unknown) => Validation {
  return (value) => {
    try {
      return validate(value);
    } catch (error) {
      return { ok: false, problem: `the schema threw: ${error instanceof Error ? error.message : String(error)}` };
    }
  };
}

function validate(schema: StandardSchema, value: unknown): Validation {
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) {
    result.catch(() => undefined);
    return { ok: false, problem: asynchronous };
  }
  return result.issues === undefined
    ? { ok: true, value: result.value }
    : { ok: false, problem: describe(result.issues) };
}

function describe(issues: readonly StandardIssue[]): string {
  const told = issues.slice(0, maxIssues).map(({ message, path = [] }) => {
    const place = path.map((step) => `/${String(typeof step === "object" ? step.key : step)}`).join("");
    return place === "" ? message : `${place}: ${message}`;
  });
  const more = issues.length - told.length;
  return told.join("; ") + (more > 0 ? `; and ${more} more` : "");
}
