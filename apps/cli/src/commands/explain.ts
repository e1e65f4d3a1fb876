import type { Candidate, Explanation, OpOutcome } from "@singyeong/client";
import { defineCommand } from "../command.ts";
import { count } from "../options/option.ts";
import { escapeText } from "../output/escape.ts";
import { plural } from "../output/nodes.ts";
import type { Output } from "../output/output.ts";
import { routeOptions, targetArguments } from "../target/target-options.ts";

export const explainCommand = defineCommand({
  name: "explain",
  group: "look",
  summary: "show who would get a message, and why the others would not",
  details: [
    "Every condition is shown with how it came out: ✓ holds, ✗ does not, ? cannot be applied (the path is missing, or of another kind), which counts as not.",
  ],
  arguments: targetArguments,
  options: { ...routeOptions, limit: count(100, [0, 1000], "how many clients to list") },
  examples: [{ line: "sg explain api 'latency<=100 && region=eu'", does: "why a message to this finds nobody, say" }],
  async run(session, args, { limit, ...options }) {
    const { readTarget } = await import("../target/target.ts");
    const target = readTarget(args, options);
    const http = await session.http();
    const explanation = await http.explain(target, { limit, timeoutMs: session.global.timeout });
    if (session.out.json) session.out.document(explanation);
    else print(session.out, explanation, await session.out.fitting());
    return "ok";
  },
});

function print(
  out: Output,
  { considered, matched, choices, chosen, fallback, truncated, candidates }: Explanation,
  fit: (line: string) => string,
): void {
  const { paint } = out;
  const line = (text: string) => out.line(fit(text));
  const isChosen = new Set(chosen.map(({ app, id }) => `${app} ${id}`));
  out.line(
    `${plural(considered, "client")} considered, ${matched === 0 ? "none" : matched} ${matched > 1 ? "match" : "matches"}.`,
  );
  if (considered === 0)
    return out.note("No client of the application, or with the tags, is connected: sg nodes shows who is.");
  if (fallback) out.line("Nobody matches, and the query is optional: so everyone may get it.");
  if (choices === 0) out.line(paint("bad", "Nobody would get it."));
  else if (choices === 1) out.line(`${paint("good", "It would go to")} ${chosen.map(name).join("")}`);
  else out.line(paint("good", `SEND would pick one of ${choices}, BROADCAST reaches them all.`));
  for (const candidate of candidates) {
    // The list of the chosen may be cut; who matched and was not outdone is one of them.
    const gets = isChosen.has(`${candidate.app} ${candidate.id}`) || (candidate.matched && !candidate.reason);
    line("");
    line(
      `${gets ? paint("good", "✓") : paint("bad", "✗")} ${paint("heading", name(candidate))}${describe(candidate, gets)}`,
    );
    for (const op of candidate.ops) line(formatOp(op, paint));
  }
  if (truncated) out.note(out.paintNote("faint", "There are more: --limit shows them."));
}

const reasons: Readonly<Record<NonNullable<Candidate["reason"]>, string>> = {
  restricted: "is in restricted mode, which the query does not allow for (--restricted does)",
  ineligible: "cannot take this kind of message",
  ops: "",
  selector: "matches, but others are ahead by the selector",
};

function describe({ reason, matched }: Candidate, gets: boolean): string {
  if (gets && !matched) return "  (does not match)";
  const text = reason === undefined ? "" : reasons[reason];
  return text === "" ? "" : `  ${text}`;
}

/** Logic in words: its parts stand below it. */
const joined: Readonly<Record<string, string>> = { $and: "all of", $or: "any of", $nor: "none of" };

const marks = { true: ["good", "✓"], false: ["bad", "✗"], unknown: ["unsure", "?"] } as const;

function formatOp({ at, op, path, outcome, message }: OpOutcome, paint: Output["paint"]): string {
  const depth = at.split("/with/").length + 1;
  const [meaning, mark] = marks[outcome];
  const indent = "  ".repeat(depth);
  if (path === undefined) return `${indent}${paint(meaning, mark)} ${joined[op] ?? escapeText(op)}`;
  return `${indent}${paint(meaning, mark)} ${escapeText(path)} ${escapeText(op)}  ${paint("faint", escapeText(message))}`;
}

function name({ app, id }: { readonly app: string; readonly id: string }): string {
  return escapeText(`${app} ${id}`);
}
