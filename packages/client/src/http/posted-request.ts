import { SingyeongError } from "../errors.ts";
import type { Query } from "../query/query.ts";
import { invalid, type ProxyRequest } from "./proxy-request.ts";

/** What `POST /api/v1/proxy` takes. */
export interface PostedRequest {
  readonly method: string;
  readonly route: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  readonly query: Query;
}

/**
 * Puts a request into the body of another one, whole.
 * @throws `client/unsupported` for a body that is no UTF-8, which that form cannot carry; `client/invalid-value` for what
 * `fetch` would refuse as well
 */
export async function createPostedRequest(request: ProxyRequest, query: Query): Promise<PostedRequest> {
  const { method, route, headers, body: source } = request;
  const carrier = wrapBody(source);
  const body = source === null ? undefined : await readText(carrier);
  const type = carrier.headers.get("content-type");
  const all = new Headers(headers);
  // The server counts for itself what it sends on.
  all.delete("content-length");
  if (type !== null && !all.has("content-type")) all.set("content-type", type);
  const list = listHeaders(all);
  return {
    method,
    route,
    ...(Object.keys(list).length > 0 && { headers: list }),
    ...(body !== undefined && { body }),
    query,
  };
}

/** A response reads every kind of body and knows its type. */
function wrapBody(body: ProxyRequest["body"]): Response {
  try {
    return new Response(body);
  } catch (cause) {
    throw invalid("this body cannot be sent", cause);
  }
}

async function readText(carrier: Response): Promise<string> {
  let bytes: ArrayBuffer;
  try {
    bytes = await carrier.arrayBuffer();
  } catch (cause) {
    throw invalid("the body cannot be read", cause);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const message = "this body is no UTF-8, which only a proxied request to one application by its id carries";
    throw new SingyeongError("client/unsupported", message, { cause });
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
