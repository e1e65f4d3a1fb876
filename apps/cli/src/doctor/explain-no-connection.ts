import { type Finding, fail } from "./check.ts";

/** What it means that a port takes no connection; `error` is what the socket, or the time limit, threw. */
export function explainNoConnection(port: number, error: unknown): Finding {
  const codes = readCodes(error);
  if (codes.includes("ECONNREFUSED"))
    return fail(
      "unreachable",
      `${port} takes no connection`,
      "Nothing listens there: is the server running, and on this port? sg serve starts one here.",
    );
  if (codes.some((code) => late.has(code)))
    return fail(
      "unreachable",
      `${port} takes no connection in time`,
      "A firewall on the way may drop what comes, or the address is another machine's.",
    );
  return fail(
    "unreachable",
    `${port} cannot be reached${codes.length === 0 ? "" : ` (${codes.join(", ")})`}`,
    "No way leads there from here: is the network up, and the address right?",
  );
}

/** Our own time limit, and the system's. */
const late: ReadonlySet<string> = new Set(["ABORT_ERR", "ETIMEDOUT"]);

/** The codes of an error, each once; a name with several addresses has one error for each. */
function readCodes(error: unknown): readonly string[] {
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  const codes = errors.map((each) => (each instanceof Error ? (each as NodeJS.ErrnoException).code : undefined));
  return [...new Set(codes.filter((code) => typeof code === "string"))];
}
