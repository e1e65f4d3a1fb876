import { fromByteText } from "./header-text.ts";

/** A header field. */
export type HeaderPair = readonly [name: string, value: string];

/** How an answer begins ([SH-5]). */
export interface ResponseHead {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
}

/** An answer without a body. */
export function emptyAnswer(status: number, ...headers: readonly HeaderPair[]): ResponseHead {
  return { status, headers: [["content-length", "0"], ...headers] };
}

/** Statuses that have no body. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * A response as messages: its head, and parts of its body of at most `maxBytes`. One without a body is its head alone.
 * @throws TypeError for what is no response
 */
export function formatResponse(
  response: Response,
  method: string,
  maxBytes: number,
): ResponseHead | AsyncIterable<unknown> {
  const { status, headers, body, bodyUsed } = (response ?? {}) as Partial<Response>;
  if (typeof headers?.forEach !== "function" || !Number.isInteger(status)) {
    throw new TypeError("a handler of requests returns a Response");
  }
  if (status! < 200 || status! > 599) throw new TypeError(`the status of a response is 200 to 599, not ${status}`);
  if (bodyUsed) throw new TypeError("the body of the response has been read already");
  const head: ResponseHead = {
    status: status!,
    headers: [...headers].map(([name, value]) => [name, fromByteText(value)]),
  };
  if (!body) return head;
  if (method !== "HEAD" && !bodiless.has(status!)) return createMessages(head, body, maxBytes);
  void body.cancel().catch(() => {});
  return head;
}

/** No generator: of one that waits for its body nobody could say any more that it is not wanted. */
function createMessages(
  head: ResponseHead,
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
): AsyncIterable<unknown> {
  const reader = body.getReader();
  let isBegun = false;
  let rest = new Uint8Array(0);

  async function next(): Promise<IteratorResult<unknown, undefined>> {
    if (!isBegun) {
      isBegun = true;
      return { done: false, value: head };
    }
    while (rest.length === 0) {
      const { done, value } = await reader.read();
      if (done) return { done, value: undefined };
      if (!(value instanceof Uint8Array)) throw new TypeError("the body of a response is made of Uint8Arrays");
      rest = value as Uint8Array<ArrayBuffer>;
    }
    const part = rest.subarray(0, maxBytes);
    rest = rest.subarray(maxBytes);
    return { done: false, value: part };
  }

  async function leave(): Promise<IteratorReturnResult<undefined>> {
    await reader.cancel().catch(() => {});
    return { done: true, value: undefined };
  }

  return { [Symbol.asyncIterator]: () => ({ next, return: leave }) };
}
