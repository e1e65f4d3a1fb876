import { SingyeongError } from "../errors.ts";
import type { ProxyFetch } from "./http.ts";

/** What `fetch` was asked for, apart from whom. */
export interface ProxyRequest {
  readonly method: string;
  /** Path and query string. */
  readonly route: string;
  readonly headers: Headers;
  /** Nothing is read of it yet; `null` where there is none. */
  readonly body: NonNullable<RequestInit["body"]> | null;
}

/** Stands in for the target's address, which only the server knows. */
const anyBase = "http://target.invalid";
const textType = "text/plain;charset=UTF-8";
/** Methods that `fetch` writes in capitals. */
const capitalised = /^(?:delete|get|head|options|post|put)$/i;

/**
 * Reads what `fetch` takes: `init` wins over a request.
 * @throws `client/invalid-value` for what `fetch` would refuse as well
 */
export async function readProxyRequest(...[input, init = {}]: Parameters<ProxyFetch>): Promise<ProxyRequest> {
  const request = typeof input === "object" && "headers" in input ? input : null;
  const url = readUrl(request?.url ?? String(input));
  const method = init.method ?? request?.method ?? "GET";
  const hasNoBody = /^(?:get|head)$/i.test(method);
  const given = init.body ?? (request && (await readBody(request)));
  const headers = readHeaders(init.headers ?? request?.headers);
  // Bun leaves the type of text to whoever sends it.
  if (!hasNoBody && typeof init.body === "string" && !headers.has("content-type"))
    headers.set("content-type", textType);
  if (hasNoBody && given !== null && given !== "") throw invalid(`a ${method} request has no body`);
  return {
    method: capitalised.test(method) ? method.toUpperCase() : method,
    route: `${url.pathname}${url.search}`,
    headers,
    body: hasNoBody ? null : given,
  };
}

/** A path that begins with // would otherwise be taken for a host. */
function readUrl(text: string): URL {
  try {
    return text.startsWith("/") ? new URL(`${anyBase}${text}`) : new URL(text, `${anyBase}/`);
  } catch (cause) {
    throw new SingyeongError("client/invalid-value", "expected a path such as /users/17?full=1", { cause });
  }
}

function readHeaders(headers: RequestInit["headers"]): Headers {
  try {
    return new Headers(headers);
  } catch (cause) {
    throw invalid(`the headers cannot be sent: ${(cause as Error).message}`, cause);
  }
}

/** A request's body: as a stream where the runtime can send one, which browsers cannot over HTTP/1.1. */
async function readBody(request: Request): Promise<ReadableStream | Blob | null> {
  if (request.bodyUsed) throw invalid("the body was read before");
  if (request.body !== undefined && !isBrowser()) return request.body;
  const blob = await request.blob();
  // Its type is a header of the request already, where that is wanted.
  return blob.size === 0 && !request.body ? null : blob.slice();
}

function isBrowser(): boolean {
  return globalThis.navigator?.userAgent?.startsWith("Mozilla/") ?? false;
}

export function invalid(message: string, cause?: unknown): SingyeongError {
  return new SingyeongError("client/invalid-value", message, { cause });
}
