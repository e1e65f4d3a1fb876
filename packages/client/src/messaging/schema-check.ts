import type { Application } from "../contract/application.ts";
import type { Contract } from "../contract/contract.ts";
import { SingyeongError } from "../errors.ts";

/** A payload as the schema of its application reads it; all is well where nothing was declared. */
export type Checked =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly error: SingyeongError };

/** Checks a payload against what an application declared. */
export function checkPayload(application: Application<Contract> | null, payload: unknown): Checked {
  const validation = application?.validateMessage?.(payload);
  if (validation === undefined) return { ok: true, payload };
  if (validation.ok) return { ok: true, payload: validation.value };
  const message = `no message of ${application!.id}: ${validation.problem}`;
  return { ok: false, error: new SingyeongError("client/schema-mismatch", message) };
}
