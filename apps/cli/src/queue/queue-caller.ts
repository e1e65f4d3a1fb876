import { readServer, SingyeongError } from "@singyeong/client";
import { isToken, readReasons } from "../connection/secret.ts";
import type { ConnectionSettings } from "../connection/settings.ts";
import { formatJson, parseJson } from "../output/json.ts";

/** A request to the part of a server that looks after queues. */
export interface QueueCall {
  /** Below `/api/v1`, each part encoded. */
  readonly path: string;
  /** A POST where there is one. */
  readonly body?: unknown;
  readonly timeoutMs: number;
}

/** Resolves with the JSON that answers. @throws SingyeongError with the server's code, or `client/…` */
export type QueueCaller = (call: QueueCall) => Promise<unknown>;

/** `signal` gives up what is under way; `missing` says what a server has not that knows no such path. */
export function createQueueCaller(
  { server, auth }: Pick<ConnectionSettings, "server" | "auth">,
  signal: AbortSignal,
  missing = "this server has no queues",
): QueueCaller {
  const { httpUrl, name, tls, password: inAddress } = readServer(server);
  const password = (auth ?? inAddress) || null;
  return async ({ path, body, timeoutMs }) => {
    const deadline = AbortSignal.timeout(timeoutMs);
    let text: string;
    let response: Response;
    try {
      response = await fetch(`${httpUrl}/api/v1${path}`, {
        headers: {
          ...(password !== null && { authorization: `Bearer ${Buffer.from(password, "utf8").toString("latin1")}` }),
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { method: "POST", body: formatJson(body) }),
        signal: AbortSignal.any([deadline, signal]),
      });
      text = await response.text();
    } catch (cause) {
      if (deadline.aborted) throw new SingyeongError("client/timeout", `no answer within ${timeoutMs} ms`, { cause });
      const code = explain(cause);
      const details = { server: name, code, tls };
      throw new SingyeongError("client/unreachable", `no server answers at ${name}: ${code}`, { cause, details });
    }
    const answer = parseLeniently(text);
    if (response.ok) return answer;
    if (response.status === 401) throw readUnauthorized(response, password);
    throw readRefusal(response.status, answer, missing);
  };
}

/** What the system says lies below what `fetch` says. */
function explain(error: unknown): string {
  const { cause, message } = error as Error & {
    readonly cause?: { readonly code?: string; readonly message?: string };
  };
  return cause?.code ?? cause?.message ?? message;
}

function parseLeniently(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function readUnauthorized({ headers }: Response, password: string | null): SingyeongError {
  if (password === null) return new SingyeongError("http/unauthorized", "the server asks for a password");
  const reasons = readReasons(headers.get("www-authenticate"));
  const message = `the server does not accept this ${isToken(password) ? "token" : "password"}`;
  const details = reasons.length === 0 ? undefined : reasons;
  return new SingyeongError("http/unauthorized", [message, ...reasons].join(": "), { details });
}

function readRefusal(status: number, answer: unknown, missing: string): SingyeongError {
  const { error, code, extra_info: details } = (answer ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof code === "string") return new SingyeongError(code, describe(String(error), details), { details });
  if (status === 404) return new SingyeongError("http/not-found", missing);
  return new SingyeongError("client/http", `the server answered with status ${status}`, { details: { status } });
}

/** What stands in `extra_info` is the better half of the message. */
function describe(error: string, details: unknown): string {
  if (typeof details !== "object" || details === null) return error;
  const { queue, id } = details as Readonly<Record<string, unknown>>;
  if (queue !== undefined && id !== undefined) return `there is no message ${id} in ${queue}`;
  const said = Object.values(details);
  return [error, ...said.filter((each) => typeof each === "string")].join(": ");
}
