import type { MetadataType, Typed } from "./types.ts";

/** Marks {@link Typed} values, also those of another copy of this package. */
export const typedMark: unique symbol = /* @__PURE__ */ Symbol.for("@singyeong/client/typed") as never;

/** Says the type of a value outright. The value is taken as it is: callers have checked it. */
export function createTyped<T extends MetadataType, V>(type: T, value: V): Typed<T, V> {
  return Object.freeze({ [typedMark]: true as const, type, value });
}

/** Whether a value has its type with it. */
export function isTyped(value: unknown): value is Typed {
  return typeof value === "object" && value !== null && Object.hasOwn(value, typedMark);
}
