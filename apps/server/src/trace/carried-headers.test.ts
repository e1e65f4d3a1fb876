import { etfCodec, jsonCodec, msgpackCodec } from "@singyeong/protocol/codec";
import { describe, expect, it } from "vitest";
import { carry, readCarried } from "./carried-headers.ts";

const mine = { traceparent: "00-mine", tracestate: undefined };

describe.each([jsonCodec, msgpackCodec, etfCodec])("headers in $encoding", (codec) => {
  const headers = codec.encode({ a: "1", traceparent: "00-theirs", tracestate: "b=2" });

  it("bring what they say of a trace", () => {
    expect(readCarried(codec, headers)).toEqual({ traceparent: "00-theirs", tracestate: "b=2" });
    expect(readCarried(codec, undefined)).toEqual({ traceparent: undefined, tracestate: undefined });
    expect(readCarried(codec, codec.encode({ traceparent: 1 }))).toEqual({
      traceparent: undefined,
      tracestate: undefined,
    });
    expect(readCarried(codec, codec.encode([1]))).toEqual({ traceparent: undefined, tracestate: undefined });
  });

  it("carry another span, and keep everything else", () => {
    expect(codec.decode(carry(codec, headers, mine))).toEqual({ a: "1", traceparent: "00-mine" });
    expect(codec.decode(carry(codec, headers, { ...mine, tracestate: "c=3" }))).toEqual({
      a: "1",
      traceparent: "00-mine",
      tracestate: "c=3",
    });
    expect(codec.decode(carry(codec, undefined, mine))).toEqual({ traceparent: "00-mine" });
  });

  it("keep a key that means something else to the language", () => {
    const odd = JSON.parse('{"__proto__": "x"}');
    expect(JSON.stringify(codec.decode(carry(codec, codec.encode(odd), mine)))).toContain('"__proto__":"x"');
  });
});
