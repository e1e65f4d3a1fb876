import type { Value } from "../value.ts";
import { type Cursor, expectBytes } from "./bytes.ts";
import type { Codec, DeliveryParts, EventValue, Raw } from "./codec.ts";
import { Writer } from "./writer.ts";

/** How one binary encoding writes what every frame is made of. */
export interface Dialect {
  readonly encoding: "msgpack" | "etf";
  readonly readFrame: Codec["readFrame"];
  readonly decodeValue: (cursor: Cursor) => Value;
  readonly encodeValue: (out: Writer, value: Value) => void;
  readonly encodeInteger: (out: Writer, value: number) => void;
  readonly integerSize: (value: number) => number;
  readonly encodeText: (out: Writer, text: string) => void;
  readonly textSize: (text: string) => number;
  /** The names of a frame's keys and of a delivery's: text, or atoms. */
  readonly encodeName: (out: Writer, name: string) => void;
  /** What a frame starts with. */
  readonly magic: readonly number[];
  readonly encodeMapHead: (out: Writer, entries: number) => void;
  readonly nil: readonly number[];
  readonly integerFour: readonly number[];
}

/** Makes a codec from its dialect. A frame's keys go out in the order d, op, t, ts; delivered parts are copied as they are. */
export function createBinaryCodec(dialect: Dialect): Codec {
  const { encoding, readFrame, decodeValue, encodeValue, encodeInteger, integerSize, encodeText, textSize } = dialect;
  const { encodeMapHead, magic, nil } = dialect;
  const writer = new Writer(1024);

  const mapHead = (entries: number): readonly number[] => {
    encodeMapHead(writer, entries);
    return [...writer.takeCopy()];
  };

  /** Bytes as they are and names: the constant parts of frames. */
  const bytesOf = (...parts: (readonly number[] | string)[]): Uint8Array => {
    for (const part of parts) {
      if (typeof part === "string") dialect.encodeName(writer, part);
      else for (const byte of part) writer.u8(byte);
    }
    return writer.takeCopy();
  };

  const frameD = bytesOf(magic, mapHead(4), "d");
  const deliveryNonce = bytesOf(magic, mapHead(4), "d", mapHead(3), "nonce");
  const deliveryNonceBesideHeaders = bytesOf(magic, mapHead(4), "d", mapHead(4), "nonce");
  const [payloadKey, headersKey, opKey, tKey, tsKey] = ["payload", "headers", "op", "t", "ts"].map((key) =>
    bytesOf(key),
  );
  const nilTarget = bytesOf("target", nil);
  const opDispatchT = bytesOf("op", dialect.integerFour, "t");
  const nilValue = bytesOf(nil);
  const fiveKeys = bytesOf(magic, mapHead(5));
  const seqKey = bytesOf("seq");

  return {
    encoding,
    binary: true,
    readFrame,
    decode: (raw) => decodeValue({ bytes: expectBytes(raw), at: 0, exact: false }),
    decodeExact: (raw) => decodeValue({ bytes: expectBytes(raw), at: 0, exact: true }),
    encode(value) {
      writer.restart();
      encodeValue(writer, value);
      return writer.takeCopy();
    },
    embed(fields, key, raw) {
      writer.restart();
      const names = Object.keys(fields);
      encodeMapHead(writer, names.length + 1);
      for (const name of names) {
        encodeText(writer, name);
        encodeValue(writer, fields[name]!);
      }
      encodeText(writer, key);
      return writer.takeCopyWith(expectBytes(raw));
    },
    encodeFrame(op, d, ts, t) {
      writer.restart();
      writer.put(frameD);
      encodeValue(writer, d);
      writer.put(opKey!);
      encodeInteger(writer, op);
      writer.put(tKey!);
      encodeValue(writer, t);
      writer.put(tsKey!);
      encodeInteger(writer, ts);
      return writer.takeCopy();
    },
    encodeDispatch(t, d, ts) {
      const body = expectBytes(d);
      const fixed = frameD.length + opDispatchT.length + tsKey!.length;
      const out = new Writer(fixed + body.length + textSize(t) + integerSize(ts));
      out.put(frameD);
      out.put(body);
      out.put(opDispatchT);
      encodeText(out, t);
      out.put(tsKey!);
      encodeInteger(out, ts);
      return out.takeWhole();
    },
    encodeEvent(t: string, keys: readonly string[], values: readonly EventValue[], ts: number) {
      writer.restart();
      writer.put(frameD);
      let count = 0;
      for (const value of values) if (value !== undefined) count++;
      encodeMapHead(writer, count);
      for (let i = 0; i < keys.length; i++) {
        const value = values[i];
        if (value === undefined) continue;
        encodeText(writer, keys[i]!);
        if (typeof value === "number" || typeof value === "boolean") encodeValue(writer, value);
        else writer.put(expectBytes(value));
      }
      writer.put(opDispatchT);
      encodeText(writer, t);
      writer.put(tsKey!);
      encodeInteger(writer, ts);
      return writer.takeCopy();
    },
    encodeDelivery(t: string, parts: DeliveryParts, ts: number) {
      const nonce = parts.nonce === undefined ? nilValue : expectBytes(parts.nonce);
      const payload = expectBytes(parts.payload);
      const headers = parts.headers === undefined ? undefined : expectBytes(parts.headers);
      const start = headers === undefined ? deliveryNonce : deliveryNonceBesideHeaders;
      const extra = headers === undefined ? 0 : headersKey!.length + headers.length;
      const fixed = start.length + payloadKey!.length + nilTarget.length + opDispatchT.length + tsKey!.length;
      const out = new Writer(fixed + nonce.length + payload.length + extra + textSize(t) + integerSize(ts));
      out.put(start);
      out.put(nonce);
      out.put(payloadKey!);
      out.put(payload);
      out.put(nilTarget);
      if (headers !== undefined) {
        out.put(headersKey!);
        out.put(headers);
      }
      out.put(opDispatchT);
      encodeText(out, t);
      out.put(tsKey!);
      encodeInteger(out, ts);
      return out.takeWhole();
    },
    number(frame: Raw, seq: number) {
      writer.restart();
      writer.put(seqKey);
      encodeInteger(writer, seq);
      const numbered = writer.takeCopyBehind(expectBytes(frame));
      // Heads of four and of five entries have the same length.
      for (let i = 0; i < fiveKeys.length; i++) numbered[i] = fiveKeys[i]!;
      return numbered;
    },
  };
}
