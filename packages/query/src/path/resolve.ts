import { type Member, readBase } from "../member/member.ts";
import { isMap, type Value } from "../value/value.ts";
import type { Path, Segment } from "./path.ts";

/** The value at a path, `undefined` where it is missing. A version resolves to its text. */
export function resolvePath(path: Path, member: Member): Value | undefined {
  const first = path.base === null ? member.attributes.get(path.key)?.value : readBase(member, path.base);
  return path.rest.length === 0 || first === undefined ? first : descend(first, path.rest);
}

/** The precedence of the version at a path, `null` where there is none. */
export function resolveVersion(path: Path, member: Member): string | null {
  return path.topLevel ? (member.attributes.get(path.key)?.version ?? null) : null;
}

function descend(first: Value, segments: readonly Segment[]): Value | undefined {
  let value = first;
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i]!;
    let next: Value | undefined;
    if (Array.isArray(value)) next = segment.index < 0 ? undefined : value[segment.index];
    else if (isMap(value) && Object.hasOwn(value, segment.key)) next = value[segment.key];
    if (next === undefined) return undefined;
    value = next;
  }
  return value;
}
