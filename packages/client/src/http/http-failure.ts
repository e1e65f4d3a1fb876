import { SingyeongError } from "../errors.ts";
import type { Server } from "../options/servers.ts";
import { describeFailure, readFailure } from "../session/answers.ts";
import { isPlainMap } from "../value/describe.ts";

/** How much of an answer that nobody understands an error shows. */
const maxShown = 256;

/** What a request carries to be let in. */
export type Secret = "password" | "token" | null;

/** The error that an answer of the server stands for; `secret` is what the request carried. */
export function readHttpFailure({ status, headers }: Response, body: unknown, secret: Secret): SingyeongError {
  if (status === 401) return readUnauthorized(headers.get("www-authenticate"), secret);
  if (isPlainMap(body)) {
    if (typeof body.code === "string") return readFailure({ d: body });
    if (status === 404 && body.code === 404) return new SingyeongError("http/not-found", "the server has no such path");
  }
  const details = { status, body: typeof body === "string" ? body.slice(0, maxShown) : body };
  return new SingyeongError("client/http", `the server answered with status ${status}`, { retry: "later", details });
}

/** Why a token was refused stands in the challenge, as RFC 6750 (3) has it. */
function readUnauthorized(challenge: string | null, secret: Secret): SingyeongError {
  if (secret === null) return new SingyeongError("http/unauthorized", "the server asks for a password");
  const details = /error_description="([^"]+)/.exec(challenge ?? "")?.[1]?.split("; ");
  const message = describeFailure(`the server does not accept this ${secret}`, details);
  return new SingyeongError("http/unauthorized", message, { details });
}

/** The error of a request that never got an answer. */
export function unreachable({ name, tls }: Server, cause: unknown): SingyeongError {
  const { code, message } = ((cause as Error).cause ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  const why = code ?? message ?? (cause as Error).message;
  const details = { server: name, code, tls };
  return new SingyeongError("client/unreachable", `no server answers at ${name}: ${why}`, { cause, details });
}
