import type { Member } from "../member/member.ts";
import type { Path } from "../path/path.ts";
import { resolvePath, resolveVersion } from "../path/resolve.ts";
import { FALSE, fromBoolean, type Test, UNKNOWN } from "./kleene.ts";
import { createOperand, type Operand } from "./operand.ts";
import { RELATIONS, type RelationOp } from "./relation.ts";

/** Compiles `$exists`. */
export function compileExists(path: Path, wanted: boolean): Test {
  return (member) => fromBoolean((resolvePath(path, member) !== undefined) === wanted);
}

/** Compiles a comparison with a constant. */
export function compileConstant(op: RelationOp, path: Path, right: Operand): Test {
  const { plain, version } = RELATIONS[op];
  if (path.topLevel) {
    const key = path.key;
    if (op === "$eq" && typeof right.value !== "object") return compileScalarEquality(key, right);
    return (member) => {
      const attribute = member.attributes.get(key);
      if (attribute === undefined) return UNKNOWN;
      return attribute.version === null ? plain(attribute.value, right) : version(attribute.version, right);
    };
  }
  return (member) => {
    const left = resolvePath(path, member);
    return left === undefined ? UNKNOWN : plain(left, right);
  };
}

/** The commonest op of all, without a call: `===` is equality for canonical scalars. */
function compileScalarEquality(key: string, right: Operand): Test {
  const { value, precedence } = right;
  return (member) => {
    const attribute = member.attributes.get(key);
    if (attribute === undefined) return UNKNOWN;
    if (attribute.version === null) return fromBoolean(attribute.value === value);
    return precedence === null ? FALSE : fromBoolean(attribute.version === precedence);
  };
}

/** Compiles a comparison with another path of the same member; `fallback` stands in where that is missing. */
export function compilePathToPath(op: RelationOp, path: Path, other: Path, fallback: Operand | null): Test {
  const { plain, version } = RELATIONS[op];
  return (member) => {
    const left = resolvePath(path, member);
    if (left === undefined) return UNKNOWN;
    const right = resolveOperand(op, other, fallback, member);
    if (right === null) return UNKNOWN;
    const precedence = resolveVersion(path, member);
    return precedence === null ? plain(left, right) : version(precedence, right);
  };
}

function resolveOperand(op: RelationOp, other: Path, fallback: Operand | null, member: Member): Operand | null {
  const value = resolvePath(other, member);
  return value === undefined ? fallback : createOperand(value, op === "$in" || op === "$nin");
}
