/** What answers that come later than their command need of the frame. */
import { isMap, maxNonceBytes, type Value } from "@singyeong/protocol";
import type { Raw } from "@singyeong/protocol/codec";
import { ownText } from "../kernel/own-text.ts";

/** A nonce that outlives its frame; `null` where there is none, or one too long to be repeated. */
export function keptNonce(raw: Raw | undefined): Raw | null {
  if (raw === undefined || raw.length > maxNonceBytes) return null;
  return typeof raw === "string" ? ownText(raw) : raw.slice();
}

/** Places in what is stored are places in `d` here. */
export function placeInFrame(extraInfo: Value): Value {
  const hasPlace = isMap(extraInfo) && typeof extraInfo.at === "string";
  return hasPlace ? { ...extraInfo, at: `/d${extraInfo.at}` } : extraInfo;
}
