/** What dispatches (op 4) of either direction have in common. */
import { type TSchema, Type } from "typebox";
import { AnyValue, Headers, Nonce } from "./value.ts";

export const toServer = <T extends string, D extends TSchema>(t: T, d: D) =>
  Type.Object({
    op: Type.Literal(4),
    t: Type.Literal(t),
    d,
    ts: Type.Optional(AnyValue),
    /** Of clients with `receipt` alone: what the answer is known by (docs/protocol/receipt.md). */
    nonce: Type.Optional(Nonce),
  });
export const toClient = <T extends string, D extends TSchema>(t: T, d: D) =>
  Type.Object({ op: Type.Literal(4), t: Type.Literal(t), d, ts: Type.Integer({ minimum: 0 }) });

export const Delivered = <P extends TSchema>(payload: P) =>
  Type.Object({ nonce: Nonce, payload, target: Type.Null(), headers: Type.Optional(Headers) });
