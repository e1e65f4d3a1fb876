import { isUtf8 } from "node:buffer";
import { checkJson, isFault, jsonCodec, type Raw } from "@singyeong/protocol/codec";
import type { Exchange } from "../ports/listener.ts";
import { httpError, type Response } from "./route.ts";

/** Bounds on a request's body, the same as a frame's. */
export interface BodyLimits {
  readonly maxFrameBytes: number;
  readonly maxDepth: number;
}

/** Something read from a request, or the answer that refuses it. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly response: Response };

/** Fields of a body as raw JSON. */
export type RawFields<Name extends string> = Readonly<Record<Name, Raw | undefined>>;

/** The body as JSON text that has been checked, or the answer that refuses it. */
export async function readJson(exchange: Exchange, limits: BodyLimits): Promise<string | Response> {
  const bytes = await readBytes(exchange, limits);
  return bytes instanceof Uint8Array ? checkText(bytes, limits) : bytes;
}

/** Some fields of a body that is a map, by their ASCII names. An empty body is a map without fields. */
export async function readFields<Name extends string>(
  exchange: Exchange,
  limits: BodyLimits,
  names: readonly Name[],
): Promise<Read<RawFields<Name>>> {
  const bytes = await readBytes(exchange, limits);
  if (!(bytes instanceof Uint8Array)) return { ok: false, response: bytes };
  const text = bytes.length === 0 ? "{}" : checkText(bytes, limits);
  return typeof text === "string" ? cutFields(text, limits, names) : { ok: false, response: text };
}

async function readBytes(exchange: Exchange, limits: BodyLimits): Promise<Uint8Array | Response> {
  const bytes = await exchange.body(limits.maxFrameBytes);
  return bytes ?? httpError("http/body-too-large", { max_bytes: limits.maxFrameBytes });
}

function checkText(bytes: Uint8Array, limits: BodyLimits): string | Response {
  if (!isUtf8(bytes)) return httpError("http/malformed-body", { message: "the body is not UTF-8" });
  const fault = checkJson(bytes, limits);
  return fault === null
    ? Buffer.from(bytes).toString("utf8")
    : httpError("http/malformed-body", { message: fault.message, at: fault.at });
}

/** Cuts fields out of checked text, as those of a frame whose `d` it is. */
function cutFields<Name extends string>(
  text: string,
  limits: BodyLimits,
  names: readonly Name[],
): Read<RawFields<Name>> {
  const frame = jsonCodec.readFrame(Buffer.from(`{"d":${text}}`), { maxDepth: limits.maxDepth + 1 });
  if (isFault(frame)) throw new Error(`a checked body makes no frame: ${frame.message}`);
  if (!frame.hasFields) {
    return { ok: false, response: httpError("dispatch/invalid", { at: "", message: "the body is a map" }) };
  }
  const fields = Object.fromEntries(names.map((name) => [name, frame.field(name)])) as RawFields<Name>;
  return { ok: true, value: fields };
}
