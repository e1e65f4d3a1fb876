import type { PointerOf } from "../contract/paths.ts";
import { SingyeongError } from "../errors.ts";
import { escapeSegment, nameValue } from "../value/describe.ts";

/** As on the server. */
const maxPathLength = 1024;
const maxPathSegments = 32;

/**
 * A JSON Pointer of segments that are not known beforehand, each escaped: `pointer("limits", name)`,
 * `pointer("guilds", 0)`.
 * @throws `client/invalid-query` where there are none, or too many
 */
export function pointer<const S extends readonly (string | number)[]>(...segments: S): PointerOf<S> {
  const text = segments.map((segment) => `/${escapeSegment(String(segment))}`).join("");
  return checkPath(text, "") as PointerOf<S>;
}

/**
 * Lets text pass that is a path of a query.
 * @param at where it stands in the query, as a JSON Pointer
 * @throws `client/invalid-query`
 */
export function checkPath(path: unknown, at: string): string {
  if (typeof path !== "string") throw invalidQuery(at, `expected a path such as "/key", got ${nameValue(path)}`);
  const expected = expectedOf(path);
  if (expected === null) return path;
  throw invalidQuery(at, `expected ${expected}, got ${nameValue(path)}`);
}

function expectedOf(path: string): string | null {
  if (path === "") return 'a path such as "/key"';
  if (!path.startsWith("/")) return "a path that starts with /";
  if (/~(?![01])/.test(path)) return "~0 for ~ and ~1 for / in a path";
  if (path.length > maxPathLength) return `a path of at most ${maxPathLength} characters`;
  const segments = path.split("/", maxPathSegments + 2).length - 1;
  return segments > maxPathSegments ? `a path of at most ${maxPathSegments} segments` : null;
}

/** The error of a query that cannot be right; its `details` have the place, as the server's would. */
export function invalidQuery(at: string, message: string): SingyeongError {
  return new SingyeongError("client/invalid-query", at === "" ? message : `${at}: ${message}`, { details: { at } });
}
