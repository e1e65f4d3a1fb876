import { isEqual } from "../value/equal.ts";
import { indexKey } from "../value/text.ts";
import { isMap, type Value } from "../value/value.ts";
import { FALSE, fromBoolean, type Kleene, not, UNKNOWN } from "./kleene.ts";
import type { Operand } from "./operand.ts";

/** The comparing ops. `$exists` compares nothing and is compiled apart. */
export type RelationOp = "$eq" | "$ne" | "$gt" | "$gte" | "$lt" | "$lte" | "$in" | "$nin" | "$contains" | "$ncontains";

/** How one op compares: `plain` where the left side is no version, `version` (by precedence) where it is. */
interface Relation {
  readonly plain: (left: Value, right: Operand) => Kleene;
  readonly version: (precedence: string, right: Operand) => Kleene;
}

/** The table of comparing ops, row by row that of the query language. */
export const RELATIONS: { readonly [op in RelationOp]: Relation } = {
  $eq: { plain: equals, version: equalsVersion },
  $ne: negate({ plain: equals, version: equalsVersion }),
  $gt: ordering((a, b) => a > b),
  $gte: ordering((a, b) => a >= b),
  $lt: ordering((a, b) => a < b),
  $lte: ordering((a, b) => a <= b),
  $in: { plain: isIn, version: isVersionIn },
  $nin: negate({ plain: isIn, version: isVersionIn }),
  $contains: { plain: contains, version: () => UNKNOWN },
  $ncontains: negate({ plain: contains, version: () => UNKNOWN }),
};

/** Whether `op` names a comparing op. */
export function isRelationOp(op: string): op is RelationOp {
  return Object.hasOwn(RELATIONS, op);
}

/** Whether a value is a number of either representation. */
export function isNumber(value: Value): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function equals(left: Value, right: Operand): Kleene {
  return fromBoolean(isEqual(left, right.value));
}

function equalsVersion(precedence: string, right: Operand): Kleene {
  return fromBoolean(precedence === right.precedence);
}

function isIn(left: Value, right: Operand): Kleene {
  if (right.items === null) return UNKNOWN;
  if (typeof left === "object" && left !== null && !right.hasStructures) return FALSE;
  return fromBoolean(right.items.has(indexKey(left)));
}

function isVersionIn(precedence: string, right: Operand): Kleene {
  return right.versions === null ? UNKNOWN : fromBoolean(right.versions.has(precedence));
}

function contains(left: Value, right: Operand): Kleene {
  const wanted = right.value;
  if (Array.isArray(left)) {
    for (let i = 0; i < left.length; i++) if (isEqual(left[i] as Value, wanted)) return 1;
    return 0;
  }
  return isMap(left) && typeof wanted === "string" ? fromBoolean(Object.hasOwn(left, wanted)) : UNKNOWN;
}

/** JavaScript orders strings by UTF-16 code unit and number against bigint exactly, which is what is asked for. */
function ordering(compare: (a: number | bigint | string, b: number | bigint | string) => boolean): Relation {
  return {
    plain(left, right) {
      const other = right.value;
      if (typeof left === "string") return typeof other === "string" ? fromBoolean(compare(left, other)) : UNKNOWN;
      return isNumber(left) && isNumber(other) ? fromBoolean(compare(left, other)) : UNKNOWN;
    },
    version(precedence, right) {
      return right.precedence === null ? UNKNOWN : fromBoolean(compare(precedence, right.precedence));
    },
  };
}

function negate(relation: Relation): Relation {
  const { plain, version } = relation;
  return {
    plain: (left, right) => not(plain(left, right)),
    version: (precedence, right) => not(version(precedence, right)),
  };
}
