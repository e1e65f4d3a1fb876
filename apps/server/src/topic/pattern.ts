import { maxTopicBytes, maxTopicSegments } from "@singyeong/protocol";
import { ownText } from "../kernel/own-text.ts";

/** What a group subscribes to ([TO-1]). */
export interface Pattern {
  readonly text: string;
  /** Without the last one where `isOpen`. */
  readonly segments: readonly string[];
  /** True where it ends with `>`: it stands for one segment or more. */
  readonly isOpen: boolean;
}

/** Whether a pattern stands for a topic. */
export function isMatch({ segments, isOpen }: Pattern, topic: readonly string[]): boolean {
  if (isOpen ? topic.length <= segments.length : topic.length !== segments.length) return false;
  for (let i = 0; i < segments.length; i++) if (segments[i] !== "*" && segments[i] !== topic[i]) return false;
  return true;
}

/** The segments of a topic; `null` where the text is none. */
export function parseTopic(text: string): readonly string[] | null {
  const segments = split(text);
  return segments?.some((segment) => segment === "*" || segment === ">") === true ? null : segments;
}

function split(text: string): readonly string[] | null {
  if (text === "" || text.includes(" ") || !text.isWellFormed()) return null;
  if (text.length * 3 > maxTopicBytes && Buffer.byteLength(text) > maxTopicBytes) return null;
  const segments = text.split(".");
  return segments.length <= maxTopicSegments && !segments.includes("") ? segments : null;
}

/** Reads a pattern; `null` where the text is none. */
export function parsePattern(text: string): Pattern | null {
  if (split(text) === null) return null;
  const own = ownText(text);
  const parts = own.split(".");
  const isOpen = parts.at(-1) === ">";
  const segments = isOpen ? parts.slice(0, -1) : parts;
  return segments.includes(">") ? null : { text: own, segments, isOpen };
}
