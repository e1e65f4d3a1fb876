import type { ErrorCode, Value } from "@singyeong/protocol";
import { errors } from "@singyeong/protocol";
import { jsonCodec } from "@singyeong/protocol/codec";
import type { Rights } from "../access/rights.ts";
import type { Exchange } from "../ports/listener.ts";

/** What a route answers with. */
export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** The row of the table of errors that this answer stands for, where it stands for one. */
  readonly code?: ErrorCode;
}

/** What stands in a path for each `:name` of its route, percent-decoded; never empty. */
export type PathParams = Readonly<Record<string, string>>;

/** Who asks; of an open route nobody knows. */
export interface Caller {
  /** What it may do; `null` is no bound. */
  readonly rights: Rights | null;
  /** Who it is by its token or account. */
  readonly subject: string | null;
}

/** One method on one path. */
export interface Route {
  /** `*` is any, those included that have no route of their own. */
  readonly method: "GET" | "POST" | "*";
  /** A segment `:name` stands for any text but the empty one; `/*` at the end for anything: as it was sent, in `params["*"]`. */
  readonly path: string;
  /** True where no password is asked for. */
  readonly open: boolean | ((exchange: Exchange, params: PathParams) => boolean);
  /** True where callers with permissions need that of administration. @default false */
  readonly admin?: boolean;
  /** Called once for a request that is for this route and may be answered. */
  answer(exchange: Exchange, params: PathParams, caller: Caller): Answer | Promise<Answer>;
}

/** What becomes of a request: a response to send, or what was answered by the exchange itself, whole by now. */
export type Answer = Response | Answered;

/** `status` is `null` where the peer went away before there was one. */
export interface Answered {
  readonly answered: number | null;
}

/** A JSON answer; integers of any size keep their digits. */
export function json(status: number, body: object): Response {
  const headers = { "content-type": "application/json; charset=utf-8" };
  return { status, headers, body: jsonCodec.encode(body as Value) as string };
}

/** Plain text. */
export function text(status: number, body: string): Response {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}

/** Any error whose body v1 does not fix: `{error, code, extra_info}`. */
export function httpError(code: ErrorCode, extraInfo: Value): Response {
  const { status, text } = errors[code];
  return { ...json(status, { error: text ?? code, code, extra_info: extraInfo }), code };
}

/** Nothing is there; the body is v1's, exactly. */
export function notFound(): Response {
  return { ...json(404, { code: 404, error: "not found" }), code: "http/not-found" };
}
