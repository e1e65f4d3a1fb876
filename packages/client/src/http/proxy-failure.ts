import { errors } from "@singyeong/protocol";
import { SingyeongError } from "../errors.ts";
import { isPlainMap } from "../value/describe.ts";
import { readHttpFailure } from "./http-failure.ts";
import { parseLeniently } from "./server-caller.ts";

/** An answer of the server itself is never longer than this many bytes, as far as a status of its own goes. */
const maxBytes = 65_536;

/**
 * The error where an answer is the server's own; `null` where it is the target's. Nothing on the wire says which it
 * is, so the shape of the body decides: what the server sends for a failure, to the last key, counts as the server's.
 * The answer stays readable.
 */
export async function readProxyFailure(response: Response, hasPassword: boolean): Promise<SingyeongError | null> {
  const { status } = response;
  if (status < 400 || !/^application\/json\b/.test(response.headers.get("content-type") ?? "")) return null;
  const text = await readStart(response.clone());
  if (text === null) return null;
  const body = parseLeniently(text);
  if (!isPlainMap(body)) return null;
  if (status === 401) return isUnauthorized(body) ? readHttpFailure(status, body, hasPassword) : null;
  if (status === 404 && isMissingRoute(body)) {
    return new SingyeongError("http/not-found", "this server has no proxy");
  }
  if (status === 400 && isUnreached(body)) return describeUnreached(body);
  if (status === 400 && isFieldErrors(body)) return describeFieldErrors(body);
  return isOwnError(body) ? readHttpFailure(status, body, hasPassword) : null;
}

/** The text of a short answer; `null` for a long one. The copy it is read from is let go. */
async function readStart(copy: Response): Promise<string | null> {
  const decoder = new TextDecoder();
  const reader = copy.body?.getReader();
  if (reader === undefined) return "";
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length <= maxBytes) continue;
    // Not awaited: a copy's cancellation ends only when the original is read or let go.
    reader.cancel().catch(() => {});
    return null;
  }
}

type Body = { readonly [key: string]: unknown };

function hasKeys(body: Body, ...keys: readonly string[]): boolean {
  return Object.keys(body).length === keys.length && keys.every((key) => Object.hasOwn(body, key));
}

const isUnauthorized = (body: Body): boolean =>
  hasKeys(body, "status", "error") && body.status === "error" && body.error === "not authorized";

const isMissingRoute = (body: Body): boolean =>
  hasKeys(body, "code", "error") && body.code === 404 && body.error === "not found";

/** `{errors: [text], code}`: the server did not reach the target, or found none. */
const isUnreached = (body: Body): boolean =>
  hasKeys(body, "errors", "code") && isCode(body.code) && isTextList(body.errors);

/** `{method: ["no method provided"]}`: something is missing from what this package sent. */
const fields: ReadonlySet<string> = new Set(["method", "route", "headers", "body", "query"]);
function isFieldErrors(body: Body): boolean {
  const keys = Object.keys(body);
  return keys.length > 0 && keys.every((key) => fields.has(key) && isTextList(body[key]));
}

const isOwnError = (body: Body): boolean => hasKeys(body, "error", "code", "extra_info") && isCode(body.code);

/** Codes have a part before the slash, as all of the server's have. */
function isCode(code: unknown): code is string {
  return typeof code === "string" && /^[a-z0-9]+\/[a-z0-9-]+$/.test(code);
}

function isTextList(list: unknown): list is readonly string[] {
  return Array.isArray(list) && list.length > 0 && list.every((item) => typeof item === "string");
}

/** Nobody who could be asked may be there in a moment; so may a target that was not reached. */
function describeUnreached(body: Body): SingyeongError {
  const code = body.code as string;
  const retry = Object.hasOwn(errors, code) ? errors[code as keyof typeof errors].retry : "later";
  return new SingyeongError(code, (body.errors as readonly string[]).join("; "), { retry, details: body.errors });
}

function describeFieldErrors(body: Body): SingyeongError {
  const texts = Object.entries(body).map(([key, list]) => `${key}: ${(list as readonly string[]).join(", ")}`);
  return new SingyeongError("client/http", `the proxy refused the request: ${texts.join("; ")}`, {
    retry: "never",
    details: body,
  });
}
