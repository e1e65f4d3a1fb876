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
  if (!isPlainMap(answer) || !isNamed(answer.chosen) || !isNamed(answer.candidates)) {
    throw unexpectedAnswer("an explanation");
  }
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

function isNamed(list: unknown): list is readonly WireName[] {
  return Array.isArray(list) && list.every((item) => isPlainMap(item) && typeof item.client_id === "string");
}
