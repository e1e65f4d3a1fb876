import { isMap, Op, type Value } from "@singyeong/protocol";
import type { Codec, Frame } from "@singyeong/protocol/codec";

/** What a frame is made of that nobody sent. */
export interface FrameContent {
  readonly t: string;
  readonly d: Value;
  /** Beside `t`; `undefined` is none. */
  readonly nonce: Value | undefined;
  /** What its sender is charged for it, in bytes. */
  readonly size: number;
}

/** A dispatch made of values, to be carried out as if a client had sent it. It borrows nothing. */
export function composeFrame(codec: Codec, { t, d, nonce, size }: FrameContent): Frame {
  const fields = isMap(d) ? d : null;
  return {
    op: Op.dispatch,
    t,
    d: codec.encode(d),
    size,
    hasFields: fields !== null,
    nonce: nonce === undefined ? undefined : codec.encode(nonce),
    field(name) {
      return fields !== null && Object.hasOwn(fields, name) ? codec.encode(fields[name]!) : undefined;
    },
  };
}
