import { toByteText } from "./header-text.ts";
import type { RequestHead } from "./request-head.ts";

/** Methods whose requests have no body in the eyes of `Request`. */
const bodiless: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** What of a body there is to ask a request for. */
const readers = ["arrayBuffer", "blob", "bytes", "formData", "json", "text"] as const;

let isAble: boolean | null = null;

/** Whether a request of this runtime may have a stream as its body: some browsers take it for text. */
export function takesStreams(): boolean {
  if (isAble === null) {
    try {
      const given = { method: "POST", body: new ReadableStream(), duplex: "half" };
      isAble = !new Request("http://localhost/", given).headers.has("content-type");
    } catch {
      isAble = false;
    }
  }
  return isAble;
}

/**
 * Makes the request that a handler gets. @throws TypeError for a head that `Request` does not take
 */
export function createRequest(
  { method, path, headers: pairs }: RequestHead,
  body: ReadableStream<Uint8Array> | null,
  signal: AbortSignal,
  canStream = takesStreams(),
): Request {
  const headers = new Headers();
  for (const [name, value] of pairs) headers.append(name, toByteText(value));
  const url = `http://${headers.get("host") ?? "localhost"}${path}`;
  const given = bodiless.has(method) ? null : body;
  const streamed = given !== null && canStream ? { body: given, duplex: "half" } : {};
  const request = new Request(url, { method, headers, signal, ...streamed });
  // Requests of browsers leave out what a page may not set, such as cookies.
  if ([...headers.keys()].some((name) => !request.headers.has(name))) define(request, { headers: { value: headers } });
  if (given !== null && !canStream) lendBody(request, new Response(given, { headers }));
  return request;
}

/** Gives a request the body of a response, which may be a stream everywhere. */
function lendBody(request: Request, lender: Response): void {
  const own = (name: (typeof readers)[number]) => () => (lender[name] as () => Promise<unknown>)();
  define(request, {
    body: { get: () => lender.body },
    bodyUsed: { get: () => lender.bodyUsed },
    ...Object.fromEntries(readers.map((name) => [name, { value: own(name) }])),
  });
}

function define(request: Request, properties: PropertyDescriptorMap): void {
  Object.defineProperties(request, properties);
}
