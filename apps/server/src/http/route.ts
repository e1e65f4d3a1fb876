import type { ErrorCode, Value } from "@singyeong/protocol";
import { errors } from "@singyeong/protocol";
import { jsonCodec } from "@singyeong/protocol/codec";
import type { Exchange } from "../ports/listener.ts";

/** What a route answers with. */
export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The row of the table of errors that this answer stands for, where it stands for one. */
  readonly code?: ErrorCode;
}

/** What stands in a path for each `:name` of its route, percent-decoded; never empty. */
export type PathParams = Readonly<Record<string, string>>;

/** One method on one path. */
export interface Route {
  readonly method: "GET" | "POST";
  /** A segment `:name` stands for any text but the empty one. */
  readonly path: string;
  /** True where no password is asked for. */
  readonly open: boolean;
  answer(exchange: Exchange, params: PathParams): Response | Promise<Response>;
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
