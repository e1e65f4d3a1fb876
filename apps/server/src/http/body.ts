import { isUtf8 } from "node:buffer";
import { checkJson } from "@singyeong/protocol/codec";
import type { Exchange } from "../ports/listener.ts";
import { httpError, type Response } from "./route.ts";

/** Bounds on a request's body, the same as a frame's. */
export interface BodyLimits {
  readonly maxFrameBytes: number;
  readonly maxDepth: number;
}

/** The body as JSON text that has been checked, or the answer that refuses it. */
export async function readJson(exchange: Exchange, limits: BodyLimits): Promise<string | Response> {
  const bytes = await exchange.body(limits.maxFrameBytes);
  if (bytes === null) return httpError("http/body-too-large", { max_bytes: limits.maxFrameBytes });
  if (!isUtf8(bytes)) return httpError("http/malformed-body", { message: "the body is not UTF-8" });
  const fault = checkJson(bytes, limits);
  return fault === null
    ? Buffer.from(bytes).toString("utf8")
    : httpError("http/malformed-body", { message: fault.message, at: fault.at });
}
