import { explainUnreachable } from "./connection/explain-unreachable.ts";
import type { Outcome } from "./exit-codes.ts";
import { Failure } from "./failure.ts";

/** What `sg` reads of a `SingyeongError`, whose class is loaded only where a client is. */
interface CodedError extends Error {
  readonly code: string;
  readonly details?: unknown;
  /** What came with the failure of a call. */
  readonly data?: unknown;
}

interface Row {
  readonly outcome: Outcome;
  /** In the place of the error's own message. */
  readonly message?: string;
  readonly advice?: string;
}

const newToken = "Get a new token from whoever issues them, and give it as you gave this one: sg doctor looks into it.";
const password = "Give the server's password: --auth-file FILE, SINGYEONG_AUTH, or sg context add NAME --auth-file -";

/** What errors of the client and of the server mean for the user. */
const rows: Readonly<Record<string, Row>> = {
  "client/unreachable": {
    outcome: "unreachable",
    advice: "Is it running, and is the address right? sg doctor looks into it; sg serve starts one here.",
  },
  "client/connection-lost": { outcome: "unreachable" },
  "client/wrong-password": {
    outcome: "refused",
    advice: "Give the server's own, or none where it has none: sg doctor tells where yours comes from.",
  },
  "client/timeout": { outcome: "timeout", advice: "--timeout gives it longer." },
  "client/invalid-options": { outcome: "misuse" },
  "client/invalid-value": { outcome: "misuse" },
  "client/invalid-query": { outcome: "misuse", advice: "sg help targets shows how queries are written." },
  "client/protocol": {
    outcome: "unreachable",
    advice: "Something answers there, but it is no singyeong server: sg doctor looks into it.",
  },
  "route/no-match": {
    outcome: "noMatch",
    message: "no client matches, so the message went nowhere",
    advice: "sg explain with the same target shows why; sg nodes shows who is connected.",
  },
  "query/invalid": { outcome: "refused", advice: "sg help targets shows how queries are written." },
  "query/answer-too-large": {
    outcome: "refused",
    advice: "Ask for fewer clients: name an application or add conditions.",
  },
  "dispatch/restricted": {
    outcome: "refused",
    message: "the server lets nobody do this without its password",
    advice: password,
  },
  "queue/not-found": {
    outcome: "noMatch",
    advice: "sg queue ls shows which there are; one is made by the first push.",
  },
  "queue/full": {
    outcome: "refused",
    advice: "sg queue info NAME shows what fills it: let somebody consume it, or sg queue purge NAME --state dead.",
  },
  "queue/unavailable": { outcome: "refused", advice: "The server's log says more; its disk may be full." },
  "stream/rejected": {
    outcome: "refused",
    advice: "Is that the method's name? Who handles it may also have too much to do: --retries 3 tries again.",
  },
  "stream/too-many": {
    outcome: "refused",
    advice: "The server has as many open as it takes: --retries 3 tries again.",
  },
  "stream/deadline": { outcome: "timeout", advice: "--deadline gives it longer." },
  "stream/peer-lost": {
    outcome: "failed",
    advice: "Who was called is gone, and may have carried it out: --retries 3 --idempotent repeats it nevertheless.",
  },
  "identify/duplicate": {
    outcome: "refused",
    advice: "Another client has this id: leave --id out, or choose another.",
  },
  "http/unauthorized": {
    outcome: "refused",
    advice: password,
  },
  "auth/failed": { outcome: "refused", advice: newToken },
  "auth/throttled": {
    outcome: "refused",
    message: "too many wrong passwords came from here, or for this client",
    advice: "The server listens again after a while, 15 minutes at most: sg doctor says when.",
  },
  "auth/expired": { outcome: "refused", advice: "Get a new token, and give it as you gave this one." },
  "auth/forbidden": {
    outcome: "refused",
    advice: "What the token or password permits does not cover this: whoever issued it can say what it is for.",
  },
  "limit/rate": { outcome: "refused", advice: "The server takes so many in a second, and this one was not done." },
  "server/draining": { outcome: "unreachable", advice: "Wait until it, or another one, is up." },
  "limit/connections": { outcome: "unreachable", advice: "The server has as many clients as it takes. Try later." },
  "proxy/forbidden": {
    outcome: "refused",
    advice:
      "The address that the client gave is none of its own: the server's setting SINGYEONG_PROXY_ALLOW lists those it may give.",
  },
  "proxy/unreachable": {
    outcome: "failed",
    advice: "sg nodes APP shows the address that the client gave; does it listen there, for the server too?",
  },
  "proxy/circuit-open": { outcome: "failed", advice: "It failed too often just now: the server tries it again soon." },
  "proxy/timeout": { outcome: "timeout" },
  "trace/too-many": { outcome: "refused", advice: "Others watch as many traces as the server keeps. Try later." },
};

/** Families of codes that mean the same. */
const families: Readonly<Record<string, Outcome>> = {
  metadata: "refused",
  identify: "refused",
  dispatch: "refused",
  frame: "refused",
  query: "refused",
  queue: "refused",
  topic: "refused",
  auth: "refused",
  limit: "refused",
  trace: "refused",
  server: "unreachable",
};

/** The server holds a client in restricted mode. */
export function needsPassword(): Failure {
  const { outcome, message, advice } = rows["dispatch/restricted"]!;
  return new Failure(outcome, "dispatch/restricted", message!, { advice });
}

/** Makes whatever was thrown something to tell the user. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (isCoded(error)) {
    const { code, data } = error;
    const details = error.details ?? data;
    const row: Row = { ...(own(rows, code) ?? { outcome: own(families, code.split("/")[0]!) ?? "failed" }) };
    Object.assign(row, explain(code, error.message, details));
    const message = row.message ?? (row.outcome === "refused" ? withFault(error.message, data) : error.message);
    return new Failure(row.outcome, code, message, { advice: row.advice, details, cause: error });
  }
  const { message, stack, code } = (error instanceof Error ? error : new Error(String(error))) as NodeJS.ErrnoException;
  // What the system says about files and sockets is no defect of ours.
  if (code !== undefined && /^E[A-Z]+$/.test(code))
    return new Failure("failed", "cli/system", message, { cause: error });
  return new Failure("failed", "cli/internal", message, { advice: `This is a defect of sg. ${stack}`, cause: error });
}

/** What details tell beyond a code. */
function explain(code: string, message: string, details: unknown): Partial<Row> | null {
  const { status, message: reason } = Object(details) as { readonly status?: unknown; readonly message?: unknown };
  if (code === "client/unreachable" || (code === "auth/forbidden" && status !== undefined))
    return explainUnreachable(details);
  if (code === "http/unauthorized") return message.includes("this token") ? { advice: newToken } : null;
  const [, app] = /^(.+): not an application of yours$/.exec(code === "auth/forbidden" ? `${reason}` : "") ?? [];
  if (app === undefined) return null;
  const advice = `What you gave has to permit "${app}" in its identify; or connect as one that it permits, by --app or the DSN.`;
  return { advice };
}

/** A refused call says in its data where the fault is and what it is. It is told once, also where the message holds it already. */
function withFault(message: string, data: unknown): string {
  const { at, rule, message: reason } = Object(data) as Readonly<Record<string, unknown>>;
  if (typeof reason !== "string" || message.includes(reason)) return message;
  return [message, at, rule, reason].filter((part) => typeof part === "string").join(": ");
}

/** Codes come from servers, which may name them like anything that objects have. */
function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function isCoded(error: unknown): error is CodedError {
  return error instanceof Error && error.name === "SingyeongError" && typeof (error as CodedError).code === "string";
}
