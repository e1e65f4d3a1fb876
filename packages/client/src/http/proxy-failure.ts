import { errors } from "@singyeong/protocol";
import { SingyeongError } from "../errors.ts";
import { describeFailure } from "../session/answers.ts";
import { isPlainMap } from "../value/describe.ts";
import { readHttpFailure, type Secret } from "./http-failure.ts";
import { parseLeniently } from "./server-caller.ts";

/** As much of an answer of the server itself is read, in bytes. */
const maxBytes = 65_536;

type Body = { readonly [key: string]: unknown };

/**
 * The error where an answer is the server's own, which its header `x-singyeong-error` says; `null` where it is the
 * target's, whatever its status.
 */
export async function readProxyFailure(response: Response, secret: Secret): Promise<SingyeongError | null> {
  const code = response.headers.get("x-singyeong-error");
  if (code === null) return null;
  const body = parseLeniently(await readStart(response));
  if (code === "http/unauthorized") return readHttpFailure(response, body, secret);
  if (!isPlainMap(body)) return describe(code, "no reason given", undefined);
  if (isTextList(body.errors)) return describe(code, body.errors.join("; "), body.errors);
  if (typeof body.error === "string") {
    return describe(code, describeFailure(body.error, body.extra_info), body.extra_info);
  }
  return describeFieldErrors(code, body);
}

/** The text that an answer begins with; the rest is let go. */
async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  let text = "";
  while (text.length < maxBytes) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
  }
  reader.cancel().catch(() => {});
  return text;
}

function isTextList(list: unknown): list is readonly string[] {
  return Array.isArray(list) && list.length > 0 && list.every((item) => typeof item === "string");
}

/** `{method: ["no method provided"]}`: something is missing from what this package sent. */
function describeFieldErrors(code: string, body: Body): SingyeongError {
  const texts = Object.entries(body).map(([key, list]) => `${key}: ${isTextList(list) ? list.join(", ") : "?"}`);
  return describe(code, `the proxy refused the request: ${texts.join("; ")}`, body);
}

/** Nobody who could be asked may be there in a moment; so may a target that was not reached. */
function describe(code: string, message: string, details: unknown): SingyeongError {
  const retry = Object.hasOwn(errors, code) ? errors[code as keyof typeof errors].retry : undefined;
  return new SingyeongError(code, message, { retry, details });
}
