import type { Value } from "../value.ts";

/** The names by which clients choose a codec (`?encoding=…`). */
export type Encoding = "json" | "msgpack" | "etf";

/**
 * A value still in the form it came in: a slice of JSON text, or of msgpack or etf bytes (etf without its leading
 * version byte). A `Uint8Array` borrows the frame it was cut from: read it only during the call, or copy it.
 */
export type Raw = string | Uint8Array;

/** Bounds on a frame from a peer. Size is the listener's to check, because it must act before the frame is whole. */
export interface FrameLimits {
  /** How deep maps and lists may nest, the frame itself counted as 1. */
  readonly maxDepth: number;
}

/**
 * A frame whose structure has been checked from end to end and whose inner values are still raw.
 * Borrowed: valid until the same codec reads its next frame.
 */
export interface Frame {
  /** The op as sent; `null` where it is absent or no integer. */
  readonly op: number | null;
  /** The event name; `null` where it is absent, null or no text. */
  readonly t: string | null;
  /** The whole of `d`, or `undefined` where it is absent. */
  readonly d: Raw | undefined;
  /** Bytes of the whole frame. */
  readonly size: number;
  /** True where `d` is a map. */
  readonly hasFields: boolean;
  /** The frame's own `nonce`, beside `t`; `undefined` where it is absent. To be decoded, not to be passed on as it is. */
  readonly nonce: Raw | undefined;
  /**
   * The raw value of one key of `d` (the last one where a key is repeated); `undefined` where it is absent. `name` is
   * ASCII. Takes time in the number of keys: ask for the few that an event has, not for each of a large map.
   */
  field(name: string): Raw | undefined;
}

/** What is wrong with bytes that are no frame. `at` is the offset of the first offending byte or character. */
export interface FrameFault {
  readonly fault: "malformed" | "not-a-map" | "too-deep" | "unsupported-term";
  readonly message: string;
  readonly at: number;
}

/** What a delivered message is made of: every part already raw in the receiving codec. */
export interface DeliveryParts {
  readonly nonce: Raw | undefined;
  readonly payload: Raw;
  readonly headers?: Raw | undefined;
}

/** An entry of a dispatch that is put together: a safe integer, a truth, or a value that is raw already. */
export type EventValue = number | boolean | Raw | undefined;

/** One encoding of frames. Codecs are stateless but for the frame last read, which its reader borrows. */
export interface Codec {
  readonly encoding: Encoding;
  /** True where frames travel in binary WebSocket frames. */
  readonly binary: boolean;
  /** Checks a whole frame (a text frame as its UTF-8 bytes) and finds its parts. Never throws, whatever the bytes. */
  readFrame(bytes: Uint8Array, limits: FrameLimits): Frame | FrameFault;
  /** Decodes a raw value that `readFrame` cut out (checked already). Floats without fraction become plain numbers. */
  decode(raw: Raw): Value;
  /** As `decode`, but keeps floats without fraction apart as `Whole`: for conversion into another codec. */
  decodeExact(raw: Raw): Value;
  /** Encodes a value; maps get text keys (etf: binaries). */
  encode(value: Value): Raw;
  /**
   * A raw map: `fields` as `encode` writes them and, last, `key` with a value that is raw in this codec already, which
   * is copied unread. A `key` that `fields` has too is the caller's mistake: the map repeats it. To be passed on at once:
   * a short result that is kept keeps up to 8 KiB alive.
   */
  embed(fields: { readonly [key: string]: Value }, key: string, raw: Raw): Raw;
  /** A frame of the server's own: `{op, d, ts, t}` with `d` encoded by `encode`. */
  encodeFrame(op: number, d: Value, ts: number, t: string | null): Raw;
  /** A dispatch (op 4) of the server's own whose `d` is raw in this codec already, as `embed` or `encode` made it. */
  encodeDispatch(t: string, d: Raw, ts: number): Raw;
  /**
   * A dispatch (op 4) of the server's own whose `d` is put together from entries, in the order of `keys`: numbers and
   * booleans as they are, everything else raw in this codec already. What is `undefined` is left out. Keys are ASCII.
   */
  encodeEvent(t: string, keys: readonly string[], values: readonly EventValue[], ts: number): Raw;
  /** A dispatch (op 4) to deliver: `d` = `{nonce, payload, target: null}` and `headers` where given. */
  encodeDelivery(t: string, parts: DeliveryParts, ts: number): Raw;
  /**
   * A frame that one of the above made, with a last key `seq` beside its four. The frame given stays as it was, for others
   * may have it too; text may also be given as its UTF-8 bytes. To be passed on at once, as what `embed` makes.
   */
  number(frame: Raw, seq: number): Raw;
}

/** Tells a fault from a frame. */
export function isFault(read: Frame | FrameFault): read is FrameFault {
  return "fault" in read;
}
