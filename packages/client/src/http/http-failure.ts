import { SingyeongError } from "../errors.ts";
import { readFailure } from "../session/answers.ts";
import { isPlainMap } from "../value/describe.ts";

/** How much of an answer that nobody understands an error shows. */
const maxShown = 256;

/** The error that an answer of the server stands for; `hasPassword` is whether the request carried one. */
export function readHttpFailure(status: number, body: unknown, hasPassword: boolean): SingyeongError {
  if (status === 401) {
    const message = hasPassword ? "the server does not accept this password" : "the server asks for a password";
    return new SingyeongError("http/unauthorized", message);
  }
  if (isPlainMap(body)) {
    if (typeof body.code === "string") return readFailure({ d: body });
    if (status === 404 && body.code === 404) return new SingyeongError("http/not-found", "the server has no such path");
  }
  const details = { status, body: typeof body === "string" ? body.slice(0, maxShown) : body };
  return new SingyeongError("client/http", `the server answered with status ${status}`, { retry: "later", details });
}

/** The error of a request that never got an answer. */
export function unreachable(server: string, cause: unknown): SingyeongError {
  const inner = (cause as { cause?: { code?: unknown; message?: unknown } }).cause;
  const why = inner?.code ?? inner?.message ?? (cause as Error).message;
  return new SingyeongError("client/unreachable", `no server answers at ${server}: ${why}`, { cause });
}
