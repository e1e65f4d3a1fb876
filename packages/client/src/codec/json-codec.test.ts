import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonCodec } from "./json-codec.ts";
import { loadCodec } from "./load-codec.ts";

describe("JSON", () => {
  it("brings back the frame that went out, every digit of it", () => {
    const frame = {
      op: 4,
      t: "SEND",
      d: { payload: { id: 123456789012345678n, list: [1, "two", null, 0.5] } },
      ts: 17,
    };
    expect(jsonCodec.decode(jsonCodec.encode(frame))).toEqual(frame);
  });

  it.each(["", "{", "1", "null", '"text"', "nope"])("has no frame in %j", (data) => {
    expect(jsonCodec.decode(data)).toBeNull();
  });

  it("has no frame in bytes", () => {
    expect(jsonCodec.decode(new TextEncoder().encode('{"op":0}'))).toBeNull();
  });

  it("never throws at what came", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (data) => {
        expect(["object"]).toContain(typeof jsonCodec.decode(data));
      }),
    );
  });
});

describe("a codec", () => {
  it.each(["json", "msgpack"] as const)("is loaded by name: %s", async (encoding) => {
    expect((await loadCodec(encoding)).encoding).toBe(encoding);
  });
});
