/** Fails the scenario unless both are the same value, down to the type of every number. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  if (show(actual) !== show(expected)) throw new Error(`${what}: expected ${show(expected)}, got ${show(actual)}`);
}

/** Fails the scenario unless it holds. */
export function holds(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`does not hold: ${what}`);
}

/** The `code` that a promise rejects with. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  const value = await promise.then(
    (value) => ({ value }),
    (error: { code?: unknown }) => ({ error }),
  );
  if ("value" in value) throw new Error(`expected a rejection, got ${show(value.value)}`);
  return value.error.code ?? value.error;
}

/** JSON with sorted keys, `12n` for bigints. */
function show(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) => {
      if (typeof part === "bigint") return `${part}n`;
      if (part instanceof Error) return `${part}`;
      if (part === undefined) return "undefined";
      if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
      return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? String(value)
  );
}
