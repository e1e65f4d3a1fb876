import { MAX_PATH_LENGTH, MAX_PATH_SEGMENTS } from "./limits.ts";

const BAD_ESCAPE = /~(?![01])/;

/** The keys that a JSON Pointer leads through; where it is none that a query may hold, what was expected. */
export function parsePointer(pointer: string): readonly string[] | string {
  if (pointer.charCodeAt(0) !== 0x2f) return "a path that starts with /";
  if (BAD_ESCAPE.test(pointer)) return "~0 for ~ and ~1 for / in a path";
  const segments = pointer.split("/", MAX_PATH_SEGMENTS + 2).slice(1);
  if (pointer.length > MAX_PATH_LENGTH || segments.length > MAX_PATH_SEGMENTS) {
    return `a path of at most ${MAX_PATH_LENGTH} characters and ${MAX_PATH_SEGMENTS} segments`;
  }
  return segments.map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The inverse: `["limits", "a/b"]` is `/limits/a~1b`. */
export function formatPointer(segments: readonly string[]): string {
  return segments.map((segment) => `/${segment.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
