import { jsonCodec, type Raw } from "@singyeong/protocol/codec";
import type { Exchange } from "../ports/listener.ts";
import { requestHeaders } from "../proxy/headers.ts";
import type { HttpProxy, ProxyFailure, ProxyRequest } from "../proxy/http-proxy.ts";
import type { Router } from "../router/router.ts";
import { type BodyLimits, type RawFields, readFields } from "./body.ts";
import { isFieldValue, readFieldName } from "./proxy-fields.ts";
import { relay } from "./proxy-relay.ts";
import { answerQueryRefusal } from "./query.ts";
import { type Caller, json, type Response, type Route } from "./route.ts";

export interface ProxyRouteOptions {
  readonly proxy: HttpProxy;
  readonly router: Router;
  readonly limits: BodyLimits;
  /** Origins whose pages may call. */
  readonly origins: readonly string[];
}

const names = ["method", "route", "headers", "body", "query"] as const;
type Fields = RawFields<(typeof names)[number]>;

/** As v1 lists them, in its order. */
const methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
const unsupported = ["CONNECT", "OPTIONS", "TRACE"];
const bodiless: ReadonlySet<string> = new Set(["GET", "HEAD"]);
/** Methods whose requests have a body, if an empty one. */
const bodied: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);
const maxRedirects = 10;

/** `POST /api/v1/proxy`: a request as JSON, to a client that its query chooses ([PX-1] to [PX-6]). */
export function proxyPostRoute({ proxy, router, limits, origins }: ProxyRouteOptions): Route {
  return {
    method: "POST",
    path: "/api/v1/proxy",
    open: false,
    async answer(exchange, _params, caller) {
      const read = await readFields(exchange, limits, names);
      if (!read.ok) return read.response;
      const request = readRequest(read.value, exchange, router, caller);
      return "status" in request ? request : relay(exchange, proxy, request, origins, refuse);
    },
  };
}

/** v1's answer for whatever went wrong, with the code that says what, and what to do where v1 had no word for it. */
function refuse({ code, reason, message, target }: ProxyFailure): Response {
  const texts = message === undefined ? [reason] : [reason, target === undefined ? message : `${target}: ${message}`];
  return { ...json(400, { errors: texts, code }), code };
}

/** v1's answer for fields that are missing or wrong: sentences by field. */
function refuseFields(faults: Readonly<Record<string, string>>): Response {
  const body = Object.fromEntries(Object.entries(faults).map(([name, sentence]) => [name, [sentence]]));
  return { ...json(400, body), code: "proxy/invalid" };
}

function readRequest(fields: Fields, exchange: Exchange, router: Router, caller: Caller): ProxyRequest | Response {
  const faults: Record<string, string> = {};
  const method = readText(fields, "method", faults);
  const route = readText(fields, "route", faults);
  const headers = readHeaders(fields.headers, faults);
  if (fields.query === undefined) faults.query = "no query provided";
  if (Object.keys(faults).length > 0) return refuseFields(faults);

  const verb = method.toUpperCase();
  const refusal = refuseMethod(verb, method);
  if (refusal !== null) return refuse({ code: "proxy/invalid", reason: refusal });
  const body = readBody(fields.body);
  if (body !== null && bodiless.has(verb)) {
    const reason = "no body required but one given (you probably wanted to send nil)";
    return refuse({ code: "proxy/invalid", reason });
  }
  const compiled = router.compile(jsonCodec, fields.query!, caller.rights);
  if (!compiled.ok) {
    if (compiled.code === "auth/forbidden") return answerQueryRefusal(compiled, "/query");
    return refuseFields({ query: `${compiled.at}: ${compiled.message}` });
  }
  if (bodied.has(verb) && !headers.some(([name]) => name === "content-type")) {
    headers.push(["content-type", "application/octet-stream"]);
  }
  if (!headers.some(([name]) => name === "user-agent")) headers.push(["user-agent", "singyeong"]);
  const host = exchange.header("host");
  return {
    query: compiled.query,
    eligible: null,
    method: verb,
    path: readPath(route),
    headers: requestHeaders(headers, { peer: exchange.peer, secure: exchange.secure, host }, true),
    host: hostOf(host),
    body,
    length: null,
    maxRedirects,
  };
}

function refuseMethod(verb: string, given: string): string | null {
  const list = (of: readonly string[]): string => `[${of.map((each) => `"${each}"`).join(", ")}]`;
  if (!methods.includes(verb)) return `${given} is not a valid method! (valid methods: ${list(methods)})`;
  if (!unsupported.includes(verb)) return null;
  return `${verb} is not a supported method! (not supported: ${list(unsupported)})`;
}

function readText(fields: Fields, name: "method" | "route", faults: Record<string, string>): string {
  const value = decode(fields[name]);
  if (typeof value === "string") return value;
  faults[name] = value === null ? `no ${name} provided` : `${name} is text`;
  return "";
}

function readHeaders(raw: Raw | undefined, faults: Record<string, string>): [string, string][] {
  const value = decode(raw);
  const headers: [string, string][] = [];
  if (value === null) return headers;
  if (typeof value !== "object" || Array.isArray(value)) {
    faults.headers = "headers is a map of names to text, or lists of it";
    return headers;
  }
  for (const [given, content] of Object.entries(value)) {
    const name = readFieldName(given);
    const values: readonly unknown[] = Array.isArray(content) ? content : [content];
    if (name === null) faults.headers = `${JSON.stringify(given)} is no name of a header`;
    for (const each of values) {
      if (!isFieldValue(each)) faults.headers = `${JSON.stringify(given)} is text, or a list of it, of one line each`;
      else if (name !== null) headers.push([name, each]);
    }
  }
  return headers;
}

/** Text as it is, anything else as the JSON that it was sent as; nothing and empty text are none. */
function readBody(raw: Raw | undefined): Uint8Array | null {
  const value = decode(raw);
  if (value === null || value === "") return null;
  return Buffer.from(typeof value === "string" ? value : (raw as string));
}

function decode(raw: Raw | undefined): unknown {
  return raw === undefined ? null : jsonCodec.decode(raw);
}

/** With or without its leading slash; what a request line cannot hold is escaped. */
function readPath(route: string): string {
  const [path = ""] = route.split("#", 1);
  const escaped = path.toWellFormed().replace(/[^\x21-\x7e]+/g, encodeURIComponent);
  return escaped.startsWith("/") ? escaped : `/${escaped}`;
}

/** A host that can stand in a URL. */
export function hostOf(given: string | undefined): string {
  return given !== undefined && /^[\w.:[\]-]+$/.test(given) && URL.canParse(`http://${given}/`) ? given : "localhost";
}
