import type { Member } from "../member/member.ts";

/** Kleene's three truth values, as small integers: {@link FALSE}, {@link TRUE}, {@link UNKNOWN}. */
export type Kleene = 0 | 1 | 2;
export const FALSE = 0;
export const TRUE = 1;
export const UNKNOWN = 2;

/** A compiled op: what it says of one member. */
export type Test = (member: Member) => Kleene;

/** Lifts a two-valued answer. */
export function fromBoolean(holds: boolean): Kleene {
  return holds ? TRUE : FALSE;
}

/** The negation: unknown stays unknown. */
export function not(value: Kleene): Kleene {
  return value === UNKNOWN ? UNKNOWN : value === TRUE ? FALSE : TRUE;
}

/** False if any is false, else unknown if any is unknown. */
export function compileAnd(tests: readonly Test[]): Test {
  return (member) => {
    let result: Kleene = TRUE;
    for (let i = 0; i < tests.length; i++) {
      const value = tests[i]!(member);
      if (value === FALSE) return FALSE;
      if (value === UNKNOWN) result = UNKNOWN;
    }
    return result;
  };
}

/** True if any is true, else unknown if any is unknown. */
export function compileOr(tests: readonly Test[]): Test {
  return (member) => {
    let result: Kleene = FALSE;
    for (let i = 0; i < tests.length; i++) {
      const value = tests[i]!(member);
      if (value === TRUE) return TRUE;
      if (value === UNKNOWN) result = UNKNOWN;
    }
    return result;
  };
}

/** The negation of {@link compileOr}. */
export function compileNor(tests: readonly Test[]): Test {
  const or = compileOr(tests);
  return (member) => not(or(member));
}
