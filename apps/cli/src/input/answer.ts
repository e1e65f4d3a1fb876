import { misuse } from "../failure.ts";
import { parseJson } from "../output/json.ts";

/** What `--reply JSON` or `--echo` answers to a payload; `null` where neither is given. */
export function readAnswer(reply: string | undefined, echo: boolean): ((payload: unknown) => unknown) | null {
  if (reply !== undefined && echo) throw misuse("--reply and --echo are two answers; give one");
  if (echo) return (payload) => payload;
  if (reply === undefined) return null;
  try {
    const answer = parseJson(reply);
    return () => answer;
  } catch (error) {
    throw misuse(`--reply is no JSON: ${(error as Error).message}`);
  }
}
