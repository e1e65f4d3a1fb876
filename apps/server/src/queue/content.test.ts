import { type Codec, etfCodec, jsonCodec, msgpackCodec, type Raw } from "@singyeong/protocol/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeContent, encodeContent } from "./content.ts";

type Plain = fc.JsonValue;
const part = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: "binary" })) as fc.Arbitrary<Plain>;
const headers = fc.dictionary(fc.string(), fc.string({ unit: "grapheme" }), { maxKeys: 3 });

const bytesOf = (raw: Raw | undefined) => raw && Buffer.from(raw as string);

describe.each([jsonCodec, msgpackCodec, etfCodec])("content in $encoding", (codec: Codec) => {
  const encode = (value: unknown): Raw | undefined => (value === undefined ? undefined : codec.encode(value as never));

  it("is read back as it was written, part by part", () => {
    fc.assert(
      fc.property(
        part,
        fc.option(part, { nil: undefined }),
        fc.option(headers, { nil: undefined }),
        (payload, nonce, head) => {
          const content = { codec, payload: encode(payload)!, nonce: encode(nonce), headers: encode(head) };
          const read = decodeContent(encodeContent(content));
          expect(read.codec).toBe(codec);
          expect(bytesOf(read.payload)).toEqual(bytesOf(content.payload));
          expect(bytesOf(read.nonce)).toEqual(bytesOf(content.nonce));
          expect(bytesOf(read.headers)).toEqual(bytesOf(content.headers));
        },
      ),
    );
  });

  it("tells a nonce of null from none", () => {
    const payload = encode(1)!;
    const headers = undefined;
    expect(decodeContent(encodeContent({ codec, payload, nonce: undefined, headers })).nonce).toBeUndefined();
    const { nonce } = decodeContent(encodeContent({ codec, payload, nonce: encode(null), headers }));
    expect(codec.decode(nonce!)).toBe(null);
  });

  it("does not change with the frame that it was cut from", () => {
    const encoded = codec.encode("before");
    const payload = typeof encoded === "string" ? encoded : Uint8Array.from(encoded);
    const body = encodeContent({ codec, payload, nonce: undefined, headers: undefined });
    if (typeof payload !== "string") payload.fill(0);
    expect(codec.decode(decodeContent(body).payload)).toBe("before");
  });
});
