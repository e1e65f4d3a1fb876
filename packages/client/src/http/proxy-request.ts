import { SingyeongError } from "../errors.ts";
import type { ProxyFetch } from "./http.ts";

/** A request as `POST /api/v1/proxy` takes it, without the query that says to whom. */
export interface ProxyRequest {
  readonly method: string;
  /** Path and query string. */
  readonly route: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

/** Stands in for the target's address, which only the server knows. */
const anyBase = "http://target.invalid";
const textType = "text/plain;charset=UTF-8";
/** Methods that `fetch` writes in capitals. */
const capitalised = /^(?:delete|get|head|options|post|put)$/i;

/**
 * Makes a request of what `fetch` takes.
 * @throws `client/unsupported` for a body that is no UTF-8, which the proxy cannot carry; `client/invalid-value` for
 * what `fetch` would refuse as well
 */
export async function createProxyRequest(...[input, init = {}]: Parameters<ProxyFetch>): Promise<ProxyRequest> {
  const request = typeof input === "object" && "headers" in input ? input : null;
  const url = readUrl(request?.url ?? String(input));
  const method = init.method ?? request?.method ?? "GET";
  const source = init.body ?? null;
  const carrier = source === null && request !== null ? request : wrapBody(source);
  const body = await readBody(carrier);
  if (body !== "" && /^(?:get|head)$/i.test(method)) throw invalid(`a ${method} request has no body`);
  const headers = new Headers(init.headers ?? request?.headers);
  // Bun leaves the type of text to whoever sends it.
  const type = typeof source === "string" ? textType : source && carrier.headers.get("content-type");
  if (type !== null && !headers.has("content-type")) headers.set("content-type", type);
  const list = listHeaders(headers);
  return {
    method: capitalised.test(method) ? method.toUpperCase() : method,
    route: `${url.pathname}${url.search}`,
    ...(Object.keys(list).length > 0 && { headers: list }),
    ...((body !== "" || source !== null) && { body }),
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

/** A response reads every kind of body and knows its type, as a request does, but has no rules for methods. */
function wrapBody(body: NonNullable<RequestInit["body"]> | null): Response {
  try {
    return new Response(body);
  } catch (cause) {
    throw invalid("this body cannot be sent", cause);
  }
}

async function readBody(carrier: Request | Response): Promise<string> {
  let bytes: ArrayBuffer;
  try {
    bytes = await carrier.arrayBuffer();
  } catch (cause) {
    throw invalid("the body cannot be read", cause);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SingyeongError("client/unsupported", "the proxy carries text: this body is no UTF-8", { cause });
  }
}

/** Headers of one name are one entry, but for those that may stay apart. */
function listHeaders(headers: Headers): Record<string, string | string[]> {
  const list: Record<string, string | string[]> = Object.create(null);
  headers.forEach((value, name) => {
    const others = list[name];
    list[name] = others === undefined ? value : [others, value].flat();
  });
  return list;
}

function invalid(message: string, cause?: unknown): SingyeongError {
  return new SingyeongError("client/invalid-value", message, { cause });
}
