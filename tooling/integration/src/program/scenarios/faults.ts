import type { Scenario } from "../world.ts";

/** Scenarios that must fail, or the harness is blind. */
export const faults = {
  "leaves a rejection alone": async () => {
    void Promise.reject(new Error("left alone"));
  },
  "asserts what is not so": async () => {
    throw new Error("not so");
  },
} satisfies Record<string, Scenario>;
