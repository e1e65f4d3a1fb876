/** The extension `receipt` (docs/protocol/receipt.md): answers to what v1 leaves unanswered, known by a nonce. */
import { maxNonceBytes, type Value } from "@singyeong/protocol";
import type { Frame } from "@singyeong/protocol/codec";
import type { Client } from "../registry/client.ts";
import { type Answer, type Refusal, refuse } from "./command.ts";

/** The capability by which clients ask for it. */
export const receiptCap = "receipt";

/** The nonce beside `t` by which the answer to a frame is known; `null` is none, and what clients without the capability have. */
export function readReplyNonce(sender: Client, frame: Frame): Value {
  const raw = sender.caps.includes(receiptCap) ? frame.nonce : undefined;
  return raw === undefined || raw.length > maxNonceBytes ? null : sender.codec.decodeExact(raw);
}

/** The nonce by which a message's receipt is known, `null` where its sender asks for none; or why it cannot be given. */
export type ReceiptRequest =
  | { readonly ok: true; readonly nonce: Value }
  | { readonly ok: false; readonly refusal: Refusal };

const noReceipt: ReceiptRequest = { ok: true, nonce: null };

/** Reads whether the sender of a message asks for a receipt. */
export function readReceiptRequest(sender: Client, frame: Frame): ReceiptRequest {
  const raw = sender.caps.includes(receiptCap) ? frame.field("receipt") : undefined;
  const wanted = raw === undefined ? null : sender.codec.decode(raw);
  if (wanted === null || wanted === false) return noReceipt;
  if (wanted !== true) return invalid("/d/receipt", "receipt is true or false");
  const rawNonce = frame.field("nonce");
  if (rawNonce !== undefined && rawNonce.length > maxNonceBytes) {
    return invalid("/d/nonce", `a receipt repeats a nonce of at most ${maxNonceBytes} bytes`);
  }
  const nonce = rawNonce === undefined ? null : sender.codec.decodeExact(rawNonce);
  return nonce === null ? invalid("/d/nonce", "a receipt is known by its nonce") : { ok: true, nonce };
}

function invalid(at: string, message: string): ReceiptRequest {
  return { ok: false, refusal: refuse("dispatch/invalid", { at, message }) };
}

/** The receipt of a message that was handed to `count` clients. */
export function dispatched(nonce: Value, count: number): Answer {
  return { kind: "answer", event: "DISPATCHED", d: { nonce, count } };
}
