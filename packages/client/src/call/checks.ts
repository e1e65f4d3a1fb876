import type { Application } from "../contract/application.ts";
import type { Contract } from "../contract/contract.ts";
import type { MethodValidation } from "../contract/methods.ts";
import type { Validation } from "../contract/validation.ts";
import { SingyeongError } from "../errors.ts";

/** What an application declared about a method; `null` where it declared nothing. */
export function declarationOfMethod(
  application: Application<Contract> | null,
  method: string,
): MethodValidation | null {
  const { validateCalled = {} } = application ?? {};
  return Object.hasOwn(validateCalled, method) ? validateCalled[method]! : null;
}

/** A value as its schema reads it. @throws `client/schema-mismatch` */
export type Check = (value: unknown) => unknown;

/** Makes the check of one side of a method; `null` where nothing was declared. */
export function createCheck(
  validate: ((value: unknown) => Validation) | undefined,
  method: string,
  side: "input" | "output",
): Check | null {
  if (validate === undefined) return null;
  return (value) => {
    const validation = validate(value);
    if (validation.ok) return validation.value;
    throw new SingyeongError("client/schema-mismatch", `no ${side} of ${method}: ${validation.problem}`);
  };
}

/** What the handler of a method is held to. */
export interface MethodChecks {
  /** Whether its input is a stream; `null` where either will do. */
  readonly streams: boolean | null;
  readonly input: Check | null;
  readonly output: Check | null;
}
