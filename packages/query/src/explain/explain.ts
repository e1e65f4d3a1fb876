import type { Eligible } from "../choose/plan.ts";
import { isCandidate } from "../choose/plan.ts";
import { selectBest } from "../choose/select.ts";
import { type Kleene, TRUE, UNKNOWN } from "../compile/kleene.ts";
import type { OpNode } from "../compile/node.ts";
import { hasTags, type Member } from "../member/member.ts";
import type { Query } from "../parse/query.ts";
import { resolvePath } from "../path/resolve.ts";
import type { Population } from "../population/population.ts";
import { sizeUpTo } from "../value/size.ts";
import type { Value } from "../value/value.ts";
import { describeOutcome } from "./describe.ts";

/** A member by its names. */
export interface MemberName {
  readonly app_id: string;
  readonly client_id: string;
}

/** What one op said of one candidate. */
export interface OpExplanation {
  /** JSON Pointer into the query. */
  readonly at: string;
  readonly op: string;
  /** Of a comparison; logic has none. */
  readonly path?: string;
  readonly outcome: "true" | "false" | "unknown";
  readonly message: string;
  /** The value at the path, where there is one. */
  readonly actual?: Value;
}

/** What became of one candidate. */
export interface CandidateExplanation extends MemberName {
  /** Whether the query itself keeps it, fallback apart. */
  readonly matched: boolean;
  /** What it failed by, the first of these. */
  readonly reason?: "restricted" | "ineligible" | "ops" | "selector";
  /** Every op, logic before what it joins. */
  readonly ops: readonly OpExplanation[];
}

/** How a query comes to its choice. Plain data, though `actual` may hold a `bigint` or bytes. */
export interface Explanation {
  /** Members of the application, or with the tags. */
  readonly considered: number;
  /** How many of these the query itself keeps, fallback apart. */
  readonly matched: number;
  /** How many may be chosen in the end. */
  readonly choices: number;
  /** Who may be chosen in the end; at most `limit`. */
  readonly chosen: readonly MemberName[];
  /** Whether nothing matched and `optional` let everyone in. */
  readonly fallback: boolean;
  /** At most `limit`. */
  readonly candidates: readonly CandidateExplanation[];
  /** Whether `limit` left some out. */
  readonly truncated: boolean;
}

/** Explains a query over a population, `null` for nobody. Looks at every member; uses and trains no index. */
export function explainQuery(
  population: Population | null,
  query: Query,
  limit: number,
  eligible: Eligible | undefined,
): Explanation {
  const { namespace } = query;
  const members = (population?.members ?? []).filter(
    (member) => hasTags(member, query.tags) && (namespace === null || member.base.namespace === namespace),
  );
  const holding = members.filter((member) => isCandidate(query, member, -1, eligible));
  const kept = new Set(query.selector === null ? holding : selectBest(query.selector, holding));
  const { relaxed } = query;
  const fallback = kept.size === 0 && relaxed !== null;
  const choices = fallback ? members.filter((member) => isCandidate(relaxed, member, -1, eligible)) : [...kept];
  return {
    considered: members.length,
    matched: kept.size,
    choices: choices.length,
    chosen: choices.slice(0, limit).map(nameMember),
    fallback: fallback && choices.length > 0,
    candidates: members.slice(0, limit).map((member) => ({
      ...nameMember(member),
      ...judge(query, member, kept, eligible),
      ops: query.ops.flatMap((node) => explainOp(node, member)),
    })),
    truncated: members.length > limit || choices.length > limit,
  };
}

function judge(
  query: Query,
  member: Member,
  kept: ReadonlySet<Member>,
  eligible: Eligible | undefined,
): Pick<CandidateExplanation, "matched" | "reason"> {
  if (kept.has(member)) return { matched: true };
  if (member.restricted && !query.restricted) return { matched: false, reason: "restricted" };
  if (eligible?.(member) === false) return { matched: false, reason: "ineligible" };
  const holds = query.tests.every((test) => test(member) === TRUE);
  return { matched: false, reason: holds ? "selector" : "ops" };
}

function explainOp(node: OpNode, member: Member): OpExplanation[] {
  const { at, op } = node;
  const outcome = nameOutcome(node.test(member));
  if (node.kind === "logic") {
    const message = `${op} of ${node.nodes.length} is ${outcome}`;
    return [{ at, op, outcome, message }, ...node.nodes.flatMap((inner) => explainOp(inner, member))];
  }
  const actual = preview(resolvePath(node.path, member));
  const explanation = { at, op, path: node.path.text, outcome, message: describeOutcome(node, member) };
  return [actual === undefined ? explanation : { ...explanation, actual }];
}

/** Largest value shown whole, in entries or characters: one large value stands behind many ops of many candidates. */
const MAX_SHOWN = 256;

/** A value as far as it is shown: a long one is left out, its message says what it is. */
function preview(value: Value | undefined): Value | undefined {
  if (typeof value === "string") return value.length > MAX_SHOWN ? undefined : value;
  if (typeof value !== "object" || value === null) return value;
  return sizeUpTo(value, MAX_SHOWN) > MAX_SHOWN ? undefined : value;
}

function nameOutcome(outcome: Kleene): OpExplanation["outcome"] {
  return outcome === UNKNOWN ? "unknown" : outcome === TRUE ? "true" : "false";
}

function nameMember(member: Member): MemberName {
  return { app_id: member.application, client_id: member.id };
}
