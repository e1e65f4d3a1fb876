import type { BaseField } from "../member/member.ts";
import { escapeSegment } from "../value/canonical.ts";

/** One step below the first: a key in maps and, where it is a plain decimal, an index in lists (else −1). */
export interface Segment {
  readonly key: string;
  readonly index: number;
}

/** A compiled JSON Pointer (RFC 6901) into a member's metadata. */
export interface Path {
  /** The pointer as it was written, e.g. `/guilds/0`. */
  readonly text: string;
  /** The first segment, unescaped: the metadata key or base field. */
  readonly key: string;
  /** The base field that the first segment names, else `null`. */
  readonly base: BaseField | null;
  readonly rest: readonly Segment[];
  /** Whether a value here may be a version: a single segment that is no base field. */
  readonly topLevel: boolean;
}

const BASE_FIELDS: ReadonlySet<string> = new Set<BaseField>([
  "ip",
  "namespace",
  "restricted",
  "encoding",
  "last_heartbeat_time",
  "receive_client_updates",
]);

/** Longest path, in UTF-16 code units, and most segments: what is compiled and kept account of is bounded by them. */
export const MAX_PATH_LENGTH = 1024;
export const MAX_PATH_SEGMENTS = 32;

const LIST_INDEX = /^(?:0|[1-9]\d{0,15})$/;
const BAD_ESCAPE = /~(?![01])/;

/** Parses a JSON Pointer of at least one segment. Returns what was expected where it is none. */
export function parsePath(text: string): Path | string {
  if (text === "") return "a path such as /key";
  if (text.charCodeAt(0) !== 47) return "a path that starts with /";
  if (BAD_ESCAPE.test(text)) return "~0 for ~ and ~1 for / in a path";
  if (text.length > MAX_PATH_LENGTH) return `a path of at most ${MAX_PATH_LENGTH} characters`;
  const keys = text
    .slice(1)
    .split("/", MAX_PATH_SEGMENTS + 1)
    .map(unescapeSegment);
  if (keys.length > MAX_PATH_SEGMENTS) return `a path of at most ${MAX_PATH_SEGMENTS} segments`;
  const key = keys[0]!;
  const base = BASE_FIELDS.has(key) ? (key as BaseField) : null;
  const rest = keys.slice(1).map((segment) => ({ key: segment, index: parseListIndex(segment) }));
  return { text, key, base, rest, topLevel: base === null && rest.length === 0 };
}

/** The path of a top-level key, escaped as needed. */
export function formatKeyPath(key: string): string {
  return `/${escapeSegment(key)}`;
}

function unescapeSegment(segment: string): string {
  return segment.includes("~") ? segment.replaceAll("~1", "/").replaceAll("~0", "~") : segment;
}

function parseListIndex(segment: string): number {
  return LIST_INDEX.test(segment) ? Number(segment) : -1;
}
