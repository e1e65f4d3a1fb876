import type { Value } from "@singyeong/protocol";
import type { HeaderList } from "../../ports/listener.ts";

/** How a client's answer begins. */
export interface AnswerHead {
  readonly status: number;
  /** Names in lower case; of the connection's own fields nobody has taken any out. */
  readonly headers: HeaderList;
  /** Bytes of the body that it tells; `null` where it tells none. */
  readonly length: number | null;
}

const name = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
/** No control characters, by which one field could become two. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that HTTP forbids.
const forbidden = /[\x00-\x08\x0a-\x1f\x7f]/;
const digits = /^\d{1,15}$/;
/** Of names and values together, as of targets that are dialled ([PX-51]). */
const maxHeadBytes = 65_536;

/** Reads the first message of an answer; what is wrong with it as a sentence, where something is ([SH-6]). */
export function readAnswerHead(given: Value): AnswerHead | string {
  if (typeof given !== "object" || given === null) return "the head of an answer is a map";
  const { status, headers = [] } = given as { readonly status?: unknown; readonly headers?: unknown };
  if (typeof status !== "number" || !Number.isInteger(status) || status < 200 || status > 599) {
    return "status is a whole number from 200 to 599";
  }
  if (!Array.isArray(headers)) return "headers is a list";
  const fields: [string, string][] = [];
  let bytes = 0;
  for (const field of headers as readonly unknown[]) {
    if (!isField(field)) return "each of headers is a name and a value that HTTP allows";
    bytes += field[0].length + Buffer.byteLength(field[1]);
    if (bytes > maxHeadBytes) return `headers have ${maxHeadBytes} bytes at most`;
    fields.push([field[0].toLowerCase(), field[1]]);
  }
  const length = readLength(fields);
  return length === undefined ? "content-length is one number" : { status, headers: fields, length };
}

function isField(field: unknown): field is readonly [string, string] {
  if (!Array.isArray(field) || field.length !== 2) return false;
  const [key, text] = field as readonly unknown[];
  if (typeof key !== "string" || typeof text !== "string") return false;
  return name.test(key) && !forbidden.test(text) && text.isWellFormed();
}

/** `null` where there is none, `undefined` where it is told wrongly or twice. */
function readLength(fields: HeaderList): number | null | undefined {
  const [first, ...more] = fields.filter(([key]) => key === "content-length");
  if (first === undefined) return null;
  return more.length === 0 && digits.test(first[1]) ? Number(first[1]) : undefined;
}
