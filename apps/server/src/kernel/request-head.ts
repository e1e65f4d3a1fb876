import type { HeaderList } from "../ports/listener.ts";

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const digits = /^\d{1,15}$/;
/** A target in origin form, of characters that no hop reads in two ways. */
const originForm = /^\/[^\s#\u007f]*$/;

/**
 * Whether a request's head could be read by another server as a different request than this one reads, which is what
 * request smuggling lives on: lengths that are told twice or oddly, transfer codings other than `chunked`, more than one
 * host. Parsers let some of this pass. HEAD has no use for a body of unknown length, and gets none. Names are in lower case.
 */
export function isAmbiguousHead(method: string, target: string, headers: HeaderList): boolean {
  if (!originForm.test(target)) return true;
  let lengths = 0;
  let codings = 0;
  let hosts = 0;
  for (const [name, value] of headers) {
    if (!token.test(name)) return true;
    if (name === "content-length") {
      lengths++;
      if (!digits.test(value)) return true;
    } else if (name === "transfer-encoding") {
      codings++;
      if (value.trim().toLowerCase() !== "chunked") return true;
    } else if (name === "host") hosts++;
  }
  return lengths + codings > 1 || hosts !== 1 || (codings > 0 && method === "HEAD");
}

/** Headers of an answer that belong to the connection, and are the listener's to write. */
const connectionHeaders: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
]);

const breaksLine = /[\r\n\0]/;

/** An answer's headers without those of the connection. @throws Error where one would end its line, and begin another */
export function answerHeaders(headers: HeaderList | Readonly<Record<string, string>>): HeaderList {
  const list: HeaderList = Array.isArray(headers) ? (headers as HeaderList) : Object.entries(headers);
  return list.filter(([name, value]) => {
    if (!token.test(name) || breaksLine.test(value))
      throw new Error(`the header ${JSON.stringify(name)} cannot be sent`);
    return !connectionHeaders.has(name.toLowerCase());
  });
}

/** Whether an answer has a body at all: not one to HEAD, and not 204 or 304 (RFC 9110 §6.4.1). */
export function hasBody(method: string, status: number): boolean {
  return method !== "HEAD" && status !== 204 && status !== 304;
}

/** A header of a list; a repeated one has its values joined. */
export function findHeader(headers: HeaderList, name: string): string | undefined {
  let found: string | undefined;
  for (const header of headers) {
    if (header[0] === name) found = found === undefined ? header[1] : `${found}, ${header[1]}`;
  }
  return found;
}
