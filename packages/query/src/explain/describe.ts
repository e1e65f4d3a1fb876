import { FALSE, TRUE } from "../compile/kleene.ts";
import type { CompareNode } from "../compile/node.ts";
import { isNumber } from "../compile/relation.ts";
import type { Member } from "../member/member.ts";
import { resolvePath, resolveVersion } from "../path/resolve.ts";
import { sizeUpTo } from "../value/size.ts";
import { canonicalText } from "../value/text.ts";
import { isMap, type Value } from "../value/value.ts";

/** Longest value spelled out in a message, in UTF-16 code units. */
const MAX_SPELLED = 80;

const SIGNS: { readonly [op: string]: readonly [holds: string, fails: string] } = {
  $eq: ["equals", "is not equal to"],
  $ne: ["is not equal to", "equals"],
  $gt: [">", "is not >"],
  $gte: ["≥", "is not ≥"],
  $lt: ["<", "is not <"],
  $lte: ["≤", "is not ≤"],
  $in: ["is in", "is not in"],
  $nin: ["is not in", "is in"],
  $contains: ["contains", "does not contain"],
  $ncontains: ["does not contain", "contains"],
};

/** Says in a few exact words why an op came out as it did for a member. */
export function describeOutcome(node: CompareNode, member: Member): string {
  const left = resolvePath(node.path, member);
  if (node.op === "$exists") return left === undefined ? "path is missing" : "path is present";
  if (left === undefined) return "path is missing";
  const right = resolveTarget(node, member);
  if (right === undefined) return `path ${node.target.kind === "path" ? node.target.path.text : ""} is missing`;
  const version = resolveVersion(node.path, member) !== null;
  const outcome = node.test(member);
  if (outcome !== TRUE && outcome !== FALSE) return describeUnknown(node, left, right, version);
  const signs = SIGNS[node.op]!;
  const spelled = version ? `version ${left as string}` : spell(left);
  return `${spelled} ${outcome === TRUE ? signs[0] : signs[1]} ${spell(right)}`;
}

function resolveTarget(node: CompareNode, member: Member): Value | undefined {
  const { target } = node;
  if (target.kind === "constant") return target.operand.value;
  return resolvePath(target.path, member) ?? target.fallback?.value;
}

function describeUnknown(node: CompareNode, left: Value, right: Value, version: boolean): string {
  switch (node.op) {
    case "$in":
    case "$nin":
      return `${nameType(right)} is no list to look in`;
    case "$contains":
    case "$ncontains":
      return isMap(left)
        ? `a map contains text keys only, not ${nameType(right)}`
        : `${version ? "a version" : nameType(left)} contains nothing`;
    default:
      return version
        ? `ordering version against ${typeof right === "string" ? "text that is no version" : nameType(right)}`
        : `ordering ${nameType(left)} against ${nameType(right)}`;
  }
}

function nameType(value: Value): string {
  if (value === null) return "null";
  if (isNumber(value)) return "number";
  if (typeof value === "string" || typeof value === "boolean") return typeof value;
  if (value instanceof Uint8Array) return "bytes";
  return Array.isArray(value) ? "list" : "map";
}

function spell(value: Value): string {
  if (typeof value === "string" && value.length > MAX_SPELLED) return `${JSON.stringify(value.slice(0, MAX_SPELLED))}…`;
  if (sizeUpTo(value, MAX_SPELLED) > MAX_SPELLED) return `a ${nameType(value)} too large to show`;
  const text = canonicalText(value);
  return text.length > MAX_SPELLED ? `${text.slice(0, MAX_SPELLED - 1)}…` : text;
}
