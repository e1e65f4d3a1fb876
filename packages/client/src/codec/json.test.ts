import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { float, integer } from "../metadata/number.ts";
import { version } from "../metadata/version.ts";
import { formatJson, parseJson } from "./json.ts";

const nest = (levels: number): unknown => (levels === 0 ? 1 : [nest(levels - 1)]);

it("writes what is plain as JSON.stringify does", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      fc.pre(!/\d{16}|e\+/.test(text));
      expect(formatJson(value)).toBe(text);
    }),
  );
});

it("reads what is plain as JSON.parse does", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      fc.pre(!/\d{16}/.test(text));
      expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

it("keeps every digit of an integer on the way out and back, wherever it stands", () => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.bigInt().filter((n) => n > 2n ** 53n || n < -(2n ** 53n)),
      fc.maxSafeInteger(),
      fc.string(),
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie("tree"), { maxKeys: 3, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      expect(parseJson(formatJson(value))).toEqual(value);
    }),
  );
});

describe("what JSON has no form for is written", () => {
  class Point {
    readonly x = 1n;
    readonly hidden = undefined;
    method(): void {}
  }
  it.each([
    ["a bigint", { id: 123456789012345678n }, '{"id":123456789012345678}'],
    ["a small bigint", [5n], "[5]"],
    ["bytes", { b: new Uint8Array([1, 2, 255]) }, '{"b":{"$base64":"AQL/"}}'],
    ["a Buffer", [Buffer.from("hi")], '[{"$base64":"aGk="}]'],
    ["what is typed", [version("2.1.0"), integer(5n), float(50)], '["2.1.0",5,50]'],
    ["a number that nobody takes for digits", [1e21, -1e300], "[1e+21,-1e+300]"],
    ["a date", [new Date(0), 1n], '["1970-01-01T00:00:00.000Z",1]'],
    ["what toJSON answers", { a: { toJSON: () => ({ id: 1n }) } }, '{"a":{"id":1}}'],
    ["an instance of a class", new Point(), '{"x":1}'],
    ["a gap", [1n, undefined, { a: undefined }], "[1,null,{}]"],
    ["text next to it", { 'a"\n': "\ud800", n: 1n }, '{"a\\"\\n":"\\ud800","n":1}'],
    ["a key that prototypes have", JSON.parse('{"__proto__": 1, "constructor": 2}'), '{"__proto__":1,"constructor":2}'],
  ])("%s", (_, value, text) => expect(formatJson(value)).toBe(text));

  it("and large bytes", () => {
    const bytes = new Uint8Array(100_000).map((_, i) => i);
    expect(formatJson(bytes)).toBe(`{"$base64":"${Buffer.from(bytes).toString("base64")}"}`);
  });
});

describe("what would not arrive as it is, is refused with its place", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  it.each<[unknown, string, string]>([
    [undefined, "", "got Undefined"],
    [() => {}, "", "a value that can be sent"],
    [{ a: [Symbol("x")] }, "/a/0", "a value that can be sent"],
    [{ "a/b": { f() {} } }, "/a~1b/f", "a value that can be sent"],
    [[Number.NaN], "/0", "a finite number, got NaN"],
    [[1, -1 / 0], "/1", "got -Infinity"],
    [{ id: 2 ** 53 }, "/id", "lost digits; write it as a bigint"],
    [-1e20, "", "lost digits"],
    [new Map([[1, 2]]), "", "a value that can be sent"],
    [{ s: new Set() }, "/s", "a value that can be sent"],
    [[new String("x")], "/0", "got String"],
    [{ e: new Error("x") }, "/e", "got Error"],
    [[new Float64Array(1)], "/0", "a value that can be sent"],
    [nest(129), "/0".repeat(128), "at most 128 levels"],
    [cycle, "/self".repeat(128), "a value that holds itself"],
    [{ toJSON: () => cycle }, "/self".repeat(127), "a value that holds itself"],
  ])("%#: %o", (value, at, message) => {
    expect(() => formatJson(value)).toThrow(
      expect.objectContaining({
        code: "client/invalid-value",
        details: { at },
        message: expect.stringContaining(message),
      }),
    );
  });

  it("while 128 levels are fine, and what holds something twice", () => {
    expect(formatJson(nest(128))).toBe(`${"[".repeat(128)}1${"]".repeat(128)}`);
    const shared = { a: 1n };
    expect(formatJson([shared, shared])).toBe('[{"a":1},{"a":1}]');
  });
});

describe("reading", () => {
  it.each([
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", 9007199254740993n],
    ["[-9223372036854775808]", [-(2n ** 63n)]],
    ['{"a": 12345678901234567890, "b": 5}', { a: 12345678901234567890n, b: 5 }],
    ["12345678901234567.5", Number("12345678901234567.5")],
    ["1e300", 1e300],
    ['"1234567890123456789"', "1234567890123456789"],
    ['["a", 1234567890123456]', ["a", 1234567890123456]],
    ["0.1234567890123456789", Number("0.1234567890123456789")],
  ])("%s", (text, value) => expect(parseJson(text)).toEqual(value));

  it("gives an integer of more than 1024 characters as text", () => {
    expect(parseJson(`[${"1".repeat(1025)}]`)).toEqual(["1".repeat(1025)]);
    expect(parseJson("1".repeat(1024))).toBe(BigInt("1".repeat(1024)));
  });

  it.each(["", "{", "[1,]", "nope"])("refuses %j", (text) => {
    expect(() => parseJson(text)).toThrow(expect.objectContaining({ code: "client/protocol" }));
  });
});
