import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAttribute } from "../../../query/src/member/attribute.ts";
import { SingyeongError } from "../errors.ts";
import { inferMetadata } from "./infer.ts";
import { float, integer } from "./number.ts";
import { version } from "./version.ts";

describe("metadata gets its types from its values", () => {
  it("one for each kind", () => {
    const input = {
      region: "eu",
      latency: 12,
      user: 1234567890123456789n,
      load: 0.5,
      open: true,
      guilds: ["a", 1, null],
      limits: { cpu: 1, gone: undefined },
    };
    expect(inferMetadata(input)).toEqual({
      region: { type: "string", value: "eu" },
      latency: { type: "integer", value: 12 },
      user: { type: "integer", value: 1234567890123456789n },
      load: { type: "float", value: 0.5 },
      open: { type: "boolean", value: true },
      guilds: { type: "list", value: ["a", 1, null] },
      limits: { type: "map", value: { cpu: 1 } },
    });
  });

  it("unless they are said outright", () => {
    expect(inferMetadata({ build: version("2.1.0"), load: float(50), id: integer(5n) })).toEqual({
      build: { type: "version", value: "2.1.0" },
      load: { type: "float", value: 50 },
      id: { type: "integer", value: 5n },
    });
  });

  it("and a date is text, as in JSON; a number of which nobody expects digits is a float", () => {
    expect(inferMetadata({ since: new Date(0) as never, huge: 1e300 })).toEqual({
      since: { type: "string", value: "1970-01-01T00:00:00.000Z" },
      huge: { type: "float", value: 1e300 },
    });
  });

  it("and a map that looks like a typed value is a map", () => {
    const map = { type: "version", value: "2.1.0" };
    expect(inferMetadata({ map })).toEqual({ map: { type: "map", value: map } });
  });

  it("and typed values inside lists and maps stand for their value", () => {
    expect(inferMetadata({ builds: [version("1.0.0"), float(50), integer(2n ** 60n)] }).builds).toEqual({
      type: "list",
      value: ["1.0.0", 50, 2n ** 60n],
    });
  });

  it("and copied, so that later changes do not count", () => {
    const guilds = ["a"];
    const inferred = inferMetadata({ guilds });
    guilds.push("b");
    expect(inferred.guilds?.value).toEqual(["a"]);
  });

  it("so that the server takes whatever is inferred", () => {
    // Integers within 64 bits: larger ones are the server's to refuse.
    const bigints = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    const numbers = fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }), bigints);
    const values = fc.oneof(fc.anything(), numbers, fc.array(numbers), fc.dictionary(fc.string(), numbers));
    fc.assert(
      fc.property(values, (value) => {
        let wire: ReturnType<typeof inferMetadata>;
        try {
          wire = inferMetadata({ key: value as never });
        } catch (error) {
          expect(error).toMatchObject({ name: "SingyeongError", code: "client/invalid-value" });
          return;
        }
        expect(createAttribute(wire.key!.type, wire.key!.value)).toMatchObject({ ok: true });
      }),
    );
  });
});

const cyclic: unknown[] = [];
cyclic.push(cyclic);

describe("metadata that cannot be set is refused with its key", () => {
  it.each<[string, unknown, string]>([
    ["gone", null, "/gone: metadata cannot hold Null; remove() removes keys"],
    ["gone", undefined, "/gone: metadata cannot hold Undefined; remove() removes keys"],
    ["id", 2 ** 53, "/id: 9007199254740992 is beyond 2^53 and may have lost digits; write it as a bigint (123n)"],
    ["load", Number.NaN, "/load: expected a finite number, got NaN"],
    ["load", Number.NEGATIVE_INFINITY, "/load: expected a finite number, got -Infinity"],
    ["a/b", [1, { c: 2 ** 53 }], "/a~1b/1/c: 9007199254740992 is beyond 2^53"],
    ["list", [1, new Map()], "/list/1: expected a value that can be sent, got Map"],
    ["bytes", new Uint8Array(1), "/bytes: metadata cannot hold Uint8Array"],
    ["call", () => 1, "/call: expected a value that can be sent, got Function"],
    ["cyclic", cyclic, "/0/0/0: expected at most 128 levels, got more"],
  ])("%s: %o", (key, value, message) => {
    expect(() => inferMetadata({ [key]: value as never })).toThrow(message);
    expect(() => inferMetadata({ [key]: value as never })).toThrow(SingyeongError);
  });
});
