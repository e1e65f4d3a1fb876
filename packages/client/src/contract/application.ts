import type { Contract } from "./contract.ts";

/** An application that was declared; made by `defineApplication`. */
export interface Application<C extends Contract> {
  readonly id: string;
  /** Types only: never there at run time. */
  readonly contract?: C;
}
