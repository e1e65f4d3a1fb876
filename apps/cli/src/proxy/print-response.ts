import { Failure } from "../failure.ts";
import { escapeLines } from "../output/escape.ts";
import { parseJson } from "../output/json.ts";
import type { Output } from "../output/output.ts";
import { formatStatus } from "./format-status.ts";

/** Prints an answer: its body as it comes, in memory that does not grow with it; only in JSON it is one document. */
export async function printResponse(out: Output, response: Response, include: boolean): Promise<void> {
  try {
    await print(out, response, include);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const advice = "What came of it is not whole. The target or the server ended it: the server's log says why.";
    throw new Failure("unreachable", "client/connection-lost", "the answer broke off", { advice, cause: error });
  }
}

async function print(out: Output, response: Response, include: boolean): Promise<void> {
  if (out.json) return printDocument(out, response);
  if (include) {
    out.line(formatStatus(response, out.paint));
    for (const [name, value] of response.headers) out.line(`${out.paint("name", name)}: ${escapeLines(value)}`);
    out.line();
  }
  if (response.body === null) return;
  const body = response.body as AsyncIterable<Uint8Array>;
  // A terminal gets nothing that it would obey; a file or a pipe gets every byte.
  if (out.columns !== null) return printText(out, body);
  for await (const chunk of body) {
    out.raw(chunk);
    await out.ready();
  }
}

async function printText(out: Output, body: AsyncIterable<Uint8Array>): Promise<void> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let last = "\n";
  const show = (text: string): void => {
    if (text === "") return;
    out.raw(escapeLines(text));
    last = text.at(-1)!;
  };
  try {
    for await (const chunk of body) {
      show(decoder.decode(chunk, { stream: true }));
      await out.ready();
    }
    show(decoder.decode());
    if (last !== "\n") out.line();
  } catch (error) {
    if (!(error instanceof TypeError) || (error as NodeJS.ErrnoException).code !== "ERR_ENCODING_INVALID_ENCODED_DATA")
      throw error;
    if (last !== "\n") out.line();
    out.note("The body is no text: write it to a file with > FILE.");
  }
}

async function printDocument(out: Output, response: Response): Promise<void> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const text = bytes.toString("utf8");
  const isText = Buffer.from(text).equals(bytes);
  const headers = Object.fromEntries(response.headers);
  const body = isText ? { body: readJsonOr(text, response) } : { bodyBase64: bytes.toString("base64") };
  out.document({ status: response.status, headers, ...body });
}

function readJsonOr(text: string, response: Response): unknown {
  if (!/\bjson\b/.test(response.headers.get("content-type") ?? "")) return text;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
