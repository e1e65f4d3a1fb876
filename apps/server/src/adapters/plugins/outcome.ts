/** What a hook returned, read. `value` is `undefined` where it left everything as it is. */
export type Read =
  | { readonly kind: "next"; readonly value: unknown; readonly undo: unknown }
  | { readonly kind: "halt" }
  | { readonly kind: "error"; readonly reason: string; readonly undo: unknown };

const unchanged: Read = { kind: "next", value: undefined, undo: undefined };
const halted: Read = { kind: "halt" };

/** Reads an outcome; `null` where it is none. Whoever says two things at once means the worst of them. */
export function readOutcome(returned: unknown): Read | null {
  if (returned === undefined || returned === null) return unchanged;
  if (typeof returned !== "object") return null;
  const { next, halt, error, undo } = returned as { next?: unknown; halt?: unknown; error?: unknown; undo?: unknown };
  if (error !== undefined) return typeof error === "string" ? { kind: "error", reason: error, undo } : null;
  if (halt === true) return halted;
  return Object.hasOwn(returned, "next") && next !== undefined ? { kind: "next", value: next, undo } : null;
}
