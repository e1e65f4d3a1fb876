import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatJson, parseJson } from "./json.ts";

describe("JSON of the command line", () => {
  it("keeps every digit of whole numbers, both ways", () => {
    const text = '{"id":12345678901234567890,"small":7,"negative":-9223372036854775808,"float":0.5}';
    expect(parseJson(text)).toEqual({
      id: 12345678901234567890n,
      small: 7,
      negative: -9223372036854775808n,
      float: 0.5,
    });
    expect(formatJson(parseJson(text))).toBe(text);
  });

  it("is printed so that reading it gives the same again", () => {
    const safe = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
    const leaf = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.boolean(),
      fc.constant(null),
      safe,
      fc.bigInt().filter((n) => !Number.isSafeInteger(Number(n))),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        leaf,
        fc.array(tie("value")),
        fc.dictionary(fc.string(), tie("value"), { noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(value, (each) => {
        expect(parseJson(formatJson(each))).toEqual(each);
      }),
    );
  });

  it("refuses a number that no float can hold", () => {
    expect(() => parseJson("[1e999]")).toThrow("1e999 is too large a number");
  });

  it("reads integers of up to 1024 characters, as the client does, and refuses longer ones unread", () => {
    const longest = "9".repeat(1024);
    expect(parseJson(`[${longest}]`)).toEqual([BigInt(longest)]);
    expect(parseJson(`-${longest.slice(1)}`)).toBe(-BigInt(longest.slice(1)));
    for (const text of [`${longest}9`, `-${longest}`, "9".repeat(5_000_000)])
      expect(() => parseJson(`[${text}]`)).toThrow(`… (${text.length} characters) is too large a number`);
    expect(parseJson(`"${longest}9"`)).toBe(`${longest}9`);
  });

  it("shows bytes as base64", () => {
    expect(formatJson({ data: new Uint8Array([1, 2, 255]) })).toBe('{"data":{"$base64":"AQL/"}}');
  });

  it("is indented where that is asked for", () => {
    expect(formatJson([1n], 2)).toBe("[\n  1\n]");
  });
});
