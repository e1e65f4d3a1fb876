import type { Application } from "../contract/application.ts";
import type { Contract } from "../contract/contract.ts";

/** What an application declared about one queue, put as if its messages were the application's. */
export function validatorOf(application: Application<Contract> | null, queue: string): Application<Contract> | null {
  const { id, validateQueued = {} } = application ?? {};
  if (!Object.hasOwn(validateQueued, queue)) return null;
  return { id: `the queue ${queue} of ${id}`, validateMessage: validateQueued[queue] };
}
