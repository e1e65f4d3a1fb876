import { Op } from "@singyeong/protocol";
import { formatJson } from "../codec/json.ts";
import type { WireCodec } from "../codec/wire-codec.ts";
import type { Target } from "../query/query.ts";
import { resolveTarget } from "../query/resolve-target.ts";
import type { CallFields } from "./stream.ts";

/** JSON of queries that were built, and never change. */
const texts = new WeakMap<object, string>();

/**
 * Writes CALL. Targets are the larger half of most calls, and the same again and again: where it can be, their text is kept.
 * @throws `client/invalid-value` for what cannot be sent
 */
export function encodeCall(
  codec: WireCodec,
  fields: CallFields,
  target: Target<never> | null,
): string | Uint8Array<ArrayBuffer> {
  const encode = (d: object) => codec.encode({ op: Op.dispatch, t: "CALL", d });
  if (target === null) return encode(fields);
  const text = codec.encoding === "json" ? formatTarget(target) : null;
  if (text === null) return encode({ target: resolveTarget(target), ...fields });
  // Of `{…,"d":{"id":…}}` the last two are closed again.
  return `${(encode(fields) as string).slice(0, -2)},"target":${text}}}`;
}

/** `null` for what may be another one the next time. */
function formatTarget(target: Target<never>): string | null {
  if (typeof target === "string") return `{"application":${JSON.stringify(target)},"ops":[]}`;
  const kept = texts.get(target);
  if (kept !== undefined) return kept;
  if (!("build" in target && Object.isFrozen(target))) return null;
  const text = formatJson(resolveTarget(target));
  texts.set(target, text);
  return text;
}
