import { isPlainMap } from "../value/describe.ts";
import type { Candidate, ClientName, Explanation } from "./explanation.ts";
import { unexpectedAnswer } from "./unexpected-answer.ts";

/** What travels is an explanation in which clients are named as the protocol does. */
interface WireName {
  readonly app_id: string;
  readonly client_id: string;
}
type WireCandidate = WireName & Omit<Candidate, keyof ClientName>;

/** Reads the answer of `POST /api/v1/explain`. @throws `client/protocol` for what is none */
export function readExplanation(answer: unknown): Explanation {
  if (!isPlainMap(answer) || !isCounted(answer) || !isNamed(answer.chosen) || !isNamed(answer.candidates)) {
    throw unexpectedAnswer("an explanation");
  }
  if (!answer.candidates.every(isJudged)) throw unexpectedAnswer("candidates with their ops");
  const { considered, matched, choices, fallback, truncated, chosen, candidates } = answer as typeof answer &
    Omit<Explanation, "chosen" | "candidates">;
  return {
    considered,
    matched,
    choices,
    chosen: (chosen as readonly WireName[]).map(readName),
    fallback,
    truncated,
    candidates: (candidates as readonly WireCandidate[]).map(({ app_id, client_id, ...rest }) => ({
      ...readName({ app_id, client_id }),
      ...rest,
    })),
  };
}

const readName = ({ app_id, client_id }: WireName): ClientName => ({ app: app_id, id: client_id });

/** Whether the counts are numbers and the flags booleans: they are shown as they are. */
function isCounted(answer: Readonly<Record<string, unknown>>): boolean {
  const counts = [answer.considered, answer.matched, answer.choices];
  const flags = [answer.fallback, answer.truncated];
  return counts.every((count) => typeof count === "number") && flags.every((flag) => typeof flag === "boolean");
}

const outcomes: readonly unknown[] = ["true", "false", "unknown"];

function isJudged(candidate: WireName): boolean {
  const { matched, ops } = candidate as Partial<WireCandidate>;
  return (
    typeof matched === "boolean" &&
    Array.isArray(ops) &&
    ops.every(({ at, op, outcome, message }) => outcomes.includes(outcome) && [at, op, message].every(isText))
  );
}

const isText = (value: unknown): value is string => typeof value === "string";

function isNamed(list: unknown): list is readonly WireName[] {
  return Array.isArray(list) && list.every((item) => isPlainMap(item) && isText(item.app_id) && isText(item.client_id));
}
