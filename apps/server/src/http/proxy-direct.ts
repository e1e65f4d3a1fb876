import { errors } from "@singyeong/protocol";
import { checkJson, jsonCodec } from "@singyeong/protocol/codec";
import { parseExpression } from "@singyeong/protocol/expression";
import type { Exchange, HeaderList } from "../ports/listener.ts";
import { requestHeaders } from "../proxy/headers.ts";
import type { ProxyFailure, ProxyRequest } from "../proxy/http-proxy.ts";
import type { BodyLimits } from "./body.ts";
import { explain } from "./proxy-explanation.ts";
import { isFieldValue, readFieldName } from "./proxy-fields.ts";
import { hostOf, type ProxyRouteOptions } from "./proxy-post.ts";
import { relay } from "./proxy-relay.ts";
import { answerQueryRefusal } from "./query.ts";
import { httpError, json, type Response, type Route } from "./route.ts";
import { decodeSegment } from "./route-table.ts";

const prefix = "/api/v1/proxy/";
const queryHeader = "x-singyeong-query";
/** A CONNECT is a tunnel, and a TRACE would show headers that are nobody's business. */
const refused: ReadonlySet<string> = new Set(["CONNECT", "TRACE"]);

/** `ANY /api/v1/proxy/<application>/<path>?…`: the request as it is, streamed both ways ([PX-40] to [PX-45]). */
export function proxyDirectRoute({ proxy, router, limits, origins }: ProxyRouteOptions): Route {
  return {
    method: "*",
    path: `${prefix}*`,
    open: false,
    answer(exchange, params, caller) {
      const { method } = exchange;
      if (refused.has(method.toUpperCase()))
        return refuse({ code: "proxy/invalid", reason: `${method} is not passed on` });
      const place = readPlace(params["*"]!, exchange.query);
      if ("status" in place) return place;
      const headers = exchange.headers();
      const body = readBody(exchange, headers);
      if (!body.ok) return refuse({ code: "proxy/invalid", reason: body.reason });
      const raw = readQuery(place.application, exchange.header(queryHeader), limits);
      if (typeof raw !== "string") return raw;
      const compiled = router.compile(jsonCodec, raw, caller.rights);
      if (!compiled.ok) return answerQueryRefusal(compiled, "");
      const host = exchange.header("host");
      const request: ProxyRequest = {
        query: compiled.query,
        eligible: null,
        method,
        path: place.path,
        headers: requestHeaders(headers, { peer: exchange.peer, secure: exchange.secure, host }, false),
        host: hostOf(host),
        body: body.stream,
        length: body.length,
        maxRedirects: 0,
      };
      return relay(exchange, proxy, request, origins, refuse);
    },
  };
}

function refuse(failure: ProxyFailure): Response {
  const { code } = failure;
  const { status, text } = errors[code];
  const { error, details } = explain(failure, text);
  return { ...json(status, { error, code, extra_info: details }), code };
}

interface Place {
  readonly application: string;
  readonly path: string;
}

/** Takes the application from the path; the rest goes to the target as it was sent. */
function readPlace(rest: string, query: string): Place | Response {
  const end = rest.indexOf("/");
  const sent = end === -1 ? rest : rest.slice(0, end);
  const path = `${end === -1 ? "/" : rest.slice(end)}${query === "" ? "" : `?${query}`}`;
  const isSendable = /^[\x21-\x7e]*$/.test(sent) && /^[\x21-\x7e]+$/.test(path);
  const application = isSendable ? decodeSegment(sent) : null;
  if (application !== null) return { application, path };
  const message = "the path is percent-encoded UTF-8, and begins with an application";
  return httpError("http/malformed-query", { message });
}

type Body =
  | { readonly ok: true; readonly stream: AsyncIterable<Uint8Array> | null; readonly length: number | null }
  | { readonly ok: false; readonly reason: string };

/** The body, where the head announces one. A head that could be read in two ways is not passed on ([PX-44]). */
function readBody(exchange: Exchange, headers: HeaderList): Body {
  let length: number | null = null;
  let isChunked = false;
  for (const [name, value] of headers) {
    if (readFieldName(name) === null || !isFieldValue(value)) return { ok: false, reason: `${name}: no header` };
    if (name === "transfer-encoding") {
      if (isChunked || value.trim().toLowerCase() !== "chunked") return { ok: false, reason: `${name}: ${value}` };
      isChunked = true;
    } else if (name === "content-length") {
      if (length !== null || !/^\d{1,15}$/.test(value)) return { ok: false, reason: `${name}: not one number` };
      length = Number(value);
    }
  }
  if (isChunked && length !== null) return { ok: false, reason: "both content-length and transfer-encoding" };
  return { ok: true, stream: isChunked || (length ?? 0) > 0 ? exchange.stream() : null, length: length || null };
}

/** The query as JSON: that of the header, JSON or an expression, for the application of the path. */
function readQuery(application: string, given: string | undefined, limits: BodyLimits): string | Response {
  if (given === undefined || given.trim() === "") return JSON.stringify({ application });
  const text = given.trim();
  if (!text.startsWith("{")) {
    const expression = parseExpression(text);
    if (expression.ok) return jsonCodec.encode({ application, ops: expression.ops } as never) as string;
    return httpError("query/invalid", { at: `${queryHeader}: ${expression.at}`, message: expression.message });
  }
  const fault = checkJson(Buffer.from(text), limits);
  if (fault !== null) return httpError("query/invalid", { at: `${queryHeader}: ${fault.at}`, message: fault.message });
  const query = jsonCodec.decode(text) as { readonly application?: unknown };
  if (query.application === undefined || query.application === null || query.application === application) {
    return jsonCodec.encode({ ...query, application } as never) as string;
  }
  const message = `expected ${JSON.stringify(application)}, the application of the path, or none`;
  return httpError("query/invalid", { at: "/application", message });
}
