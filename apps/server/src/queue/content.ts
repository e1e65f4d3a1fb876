import { type Codec, type Encoding, etfCodec, jsonCodec, msgpackCodec, type Raw } from "@singyeong/protocol/codec";

/** What a message carries, its parts raw in the codec that they came in. */
export interface Content {
  readonly codec: Codec;
  readonly payload: Raw;
  readonly nonce: Raw | undefined;
  readonly headers: Raw | undefined;
}

/** Codecs by the byte that stands for them on disk. */
const codecs: readonly Codec[] = [jsonCodec, msgpackCodec, etfCodec];
const byteOf: Record<Encoding, number> = { json: 0, msgpack: 1, etf: 2 };
/** The codec's byte, and the lengths of nonce and headers, each plus one: 0 where there is none. */
const headBytes = 9;

/** A message's content as the store keeps it: codec, lengths, nonce, headers, payload. */
export function encodeContent({ codec, payload, nonce, headers }: Content): Buffer {
  if (typeof payload === "string") {
    const text = ((nonce ?? "") as string) + ((headers ?? "") as string) + payload;
    // Most JSON is ASCII: then characters are bytes, and all parts are written in one go.
    if (Buffer.byteLength(text) === text.length) {
      const body = encodeHead(codec, nonce?.length ?? -1, headers?.length ?? -1, text.length);
      body.write(text, headBytes, "latin1");
      return body;
    }
  }
  const nonceBytes = nonce === undefined ? -1 : sizeOf(nonce);
  const headersBytes = headers === undefined ? -1 : sizeOf(headers);
  const nonceEnd = headBytes + Math.max(0, nonceBytes);
  const headersEnd = nonceEnd + Math.max(0, headersBytes);
  const body = encodeHead(codec, nonceBytes, headersBytes, headersEnd - headBytes + sizeOf(payload));
  if (nonce !== undefined) write(body, nonce, headBytes);
  if (headers !== undefined) write(body, headers, nonceEnd);
  write(body, payload, headersEnd);
  return body;
}

/** A body with its head written; lengths of -1 are of parts that are not there. */
function encodeHead(codec: Codec, nonceBytes: number, headersBytes: number, bytes: number): Buffer {
  const body = Buffer.allocUnsafe(headBytes + bytes);
  body[0] = byteOf[codec.encoding];
  body.writeUInt32LE(nonceBytes + 1, 1);
  body.writeUInt32LE(headersBytes + 1, 5);
  return body;
}

/** Reads what `encodeContent` wrote. Parts of binary codecs share the memory of `body`. */
export function decodeContent(body: Uint8Array): Content {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const codec = codecs[bytes[0]!]!;
  const nonceSize = bytes.readUInt32LE(1);
  const headersSize = bytes.readUInt32LE(5);
  const nonceEnd = headBytes + Math.max(0, nonceSize - 1);
  const headersEnd = nonceEnd + Math.max(0, headersSize - 1);
  const cut = (from: number, to: number): Raw =>
    codec.binary ? bytes.subarray(from, to) : bytes.toString("utf8", from, to);
  return {
    codec,
    nonce: nonceSize === 0 ? undefined : cut(headBytes, nonceEnd),
    headers: headersSize === 0 ? undefined : cut(nonceEnd, headersEnd),
    payload: cut(headersEnd, bytes.length),
  };
}

function sizeOf(raw: Raw): number {
  return typeof raw === "string" ? Buffer.byteLength(raw) : raw.byteLength;
}

function write(body: Buffer, raw: Raw, at: number): void {
  if (typeof raw === "string") body.write(raw, at);
  else body.set(raw, at);
}
