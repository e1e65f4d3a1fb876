import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noise } from "./expression.kit.ts";
import type { Op } from "./op.ts";
import { parseExpression } from "./parse-expression.ts";

const compare = (path: string, op: string, value: unknown): Op => ({ path, op, to: { value } }) as Op;
const a = compare("/a", "$eq", 1);
const b = compare("/b", "$eq", 2);
const c = compare("/c", "$eq", 3);

function opsOf(text: string): readonly Op[] {
  const result = parseExpression(text);
  if (!result.ok) throw new Error(`${text}: ${result.message} at ${result.at}`);
  return result.ops;
}

describe("a comparison", () => {
  it.each([
    ["latency<=100", compare("/latency", "$lte", 100)],
    ["latency < 100", compare("/latency", "$lt", 100)],
    ["latency>100", compare("/latency", "$gt", 100)],
    ["latency>=-1.5e2", compare("/latency", "$gte", -150)],
    ["region=eu", compare("/region", "$eq", "eu")],
    ["region == 'eu west'", compare("/region", "$eq", "eu west")],
    ['region != "eu\\u0020\\"west\\""', compare("/region", "$ne", 'eu "west"')],
    ["region in [eu, us]", compare("/region", "$in", ["eu", "us"])],
    ["region not in(eu,us)", compare("/region", "$nin", ["eu", "us"])],
    ["region in ()", compare("/region", "$in", [])],
    ["guilds has 123", compare("/guilds", "$contains", 123)],
    ["guilds NOT CONTAINS [1]", compare("/guilds", "$ncontains", [1])],
    ["exists tier", compare("/tier", "$exists", true)],
    ["exists(tier)", compare("/tier", "$exists", true)],
    ["!exists tier", compare("/tier", "$exists", false)],
    ["not exists tier", compare("/tier", "$exists", false)],
    ["used<@slots", { path: "/used", op: "$lt", to: { path: "/slots" } }],
    ["used < @limits.slots ?? 8", { path: "/used", op: "$lt", to: { path: "/limits/slots", default: 8 } }],
    ["region in @allowed ?? null", { path: "/region", op: "$in", to: { path: "/allowed", default: null } }],
    ["limits.cpu=1", compare("/limits/cpu", "$eq", 1)],
    ["/limits/cpu=1", compare("/limits/cpu", "$eq", 1)],
    ["guilds.0=1", compare("/guilds/0", "$eq", 1)],
    ["/a~1b/x.y=1", compare("/a~1b/x.y", "$eq", 1)],
    ["\"a/b\".'c d'=1", compare("/a~1b/c d", "$eq", 1)],
    ["in in [in]", compare("/in", "$in", ["in"])],
    ["state=or", compare("/state", "$eq", "or")],
    ["지역=서울", compare("/지역", "$eq", "서울")],
  ])("%s", (text, op) => expect(opsOf(text)).toEqual([op]));
});

describe("a constant", () => {
  it.each([
    ["2.1.0", "2.1.0"],
    ["2.1", 2.1],
    ["v2.1", "v2.1"],
    ["1.0.0-alpha+build", "1.0.0-alpha+build"],
    ["10.0.0.1:80", "10.0.0.1:80"],
    ["me@host", "me@host"],
    ["/usr/bin", "/usr/bin"],
    ["5a", "5a"],
    ["True", "True"],
    ["true", true],
    ["null", null],
    ["-0", 0],
    ["'5'", "5"],
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", 9007199254740993n],
    ["-9223372036854775808", -(2n ** 63n)],
    ["1e18", 10n ** 18n],
    ["1e300", 1e300],
    ["[]", []],
    ["[a, 'b c', [1, {x: null}]]", ["a", "b c", [1, { x: null }]]],
    ['{"a b": 1, c-d: [x:y]}', { "a b": 1, "c-d": ["x:y"] }],
    ["{a: 1, a: 2}", { a: 2 }],
  ])("%s", (text, value) => expect(opsOf(`x = ${text}`)).toEqual([compare("/x", "$eq", value)]));

  it("may have keys that prototypes have, and changes no prototype", () => {
    const [op] = opsOf("x = {__proto__: {polluted: 1}, constructor: 2}") as readonly { to: { value: object } }[];
    expect(Object.keys(op!.to.value)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(op!.to.value)).toBe(Object.prototype);
    expect((op!.to.value as { polluted?: unknown }).polluted).toBeUndefined();
    expect(opsOf("__proto__.constructor = 1")).toEqual([compare("/__proto__/constructor", "$eq", 1)]);
  });
});

describe("logic", () => {
  it.each<[string, readonly Op[]]>([
    ["", []],
    [" \n", []],
    ["a=1 && b=2 and c=3", [a, b, c]],
    ["a=1 || b=2 OR c=3", [{ op: "$or", with: [a, b, c] }]],
    ["a=1 || b=2 && c=3", [{ op: "$or", with: [a, { op: "$and", with: [b, c] }] }]],
    ["(a=1 || b=2) && c=3", [{ op: "$or", with: [a, b] }, c]],
    ["((a=1))", [a]],
    ["(a=1 && b=2)", [{ op: "$and", with: [a, b] }]],
    ["!(a=1)", [{ op: "$nor", with: [a] }]],
    ["not (a=1 || b=2)", [{ op: "$nor", with: [a, b] }]],
    ["!(a=1 && b=2)", [{ op: "$nor", with: [{ op: "$and", with: [a, b] }] }]],
    ["!((a=1 || b=2))", [{ op: "$nor", with: [{ op: "$or", with: [a, b] }] }]],
    ["all(a=1)", [{ op: "$and", with: [a] }]],
    ["any (a=1, b=2 && c=3)", [{ op: "$or", with: [a, { op: "$and", with: [b, c] }] }]],
    ["none(a=1, b=2)", [{ op: "$nor", with: [a, b] }]],
    ["not any(a=1)", [{ op: "$nor", with: [{ op: "$or", with: [a] }] }]],
    ["any = 1", [compare("/any", "$eq", 1)]],
  ])("%s", (text, ops) => expect(opsOf(text)).toEqual(ops));
});

describe("a mistake is refused at its place, with what was expected and what was found", () => {
  it.each([
    ["region", 6, "one of = != < <= > >= in has behind the path, found the end"],
    ["region ~ eu", 7, 'behind the path, found "~"'],
    ["region = ", 9, "expected a value"],
    ["region = = eu", 9, 'found "="'],
    ["region = eu*", 11, "text with other than letters and digits goes in quotes"],
    ["region = eu west", 12, 'found "west"'],
    ["region => eu", 8, 'found ">"'],
    ["region not eu", 11, "in or has behind not"],
    ["a=1 & b=2", 4, "expected &&"],
    ["a=1 &&", 6, "found the end"],
    ["a=1 && and b=2", 7, 'the key and is written "and"'],
    ["5 < latency", 0, "a path first"],
    ["a=007", 2, "a number without leading zero"],
    ["a=.5", 2, "a number without leading zero"],
    ["a=+5", 2, "or text in quotes"],
    ["a=9223372036854775808", 2, "signed 64 bits"],
    ["a=1e999", 2, "a finite float"],
    ['a="x', 4, 'expected " to end the text that begins at 3, found the end'],
    ["a='\\x'", 3, "an escape"],
    ["a='\\u12'", 3, "an escape"],
    ["a in eu", 5, "a list such as [a, b]"],
    ["a = [1 2]", 7, ", or ] in the list"],
    ["a = {b 1}", 7, "a : behind the key"],
    ["a = {b: 1", 9, ", or } in the map"],
    ["a = [@b]", 5, "expected a value"],
    ["a = @", 5, "a path such as"],
    ["a = @b ?? ", 10, "expected a value"],
    ["a. = 1", 2, "a key behind the point"],
    ["/a~2 = 1", 0, "~0 for ~"],
    ["(a=1", 4, "&&, || or )"],
    ["a=1)", 3, 'found ")"'],
    ["()", 1, "a path such as"],
    ["!a=1", 1, "exists or ("],
    ["exists", 6, "a path such as"],
    ["exists(a", 8, ") behind the path"],
    ["any(a=1; b=2)", 7, ", or ) in the call"],
  ])("%s", (text, at, message) => {
    expect(parseExpression(text)).toMatchObject({ ok: false, at, message: expect.stringContaining(message) });
  });
});

describe("bounds", () => {
  const nest = (depth: number): string => `${"!(".repeat(depth)}a=1${")".repeat(depth)}`;
  const alternate = (depth: number): string => `${"a=1 || a=1 && (".repeat(depth)}a=1 || b=2${")".repeat(depth)}`;
  const list = (depth: number): string => `a=${"[".repeat(depth)}${"]".repeat(depth)}`;

  it.each([
    ["32 levels of logic", nest(32)],
    ["32 levels without as many parentheses", `x=1 || ${alternate(15)}`],
    ["256 ops", Array(256).fill("a=1").join("&&")],
    ["255 ops that are joined", Array(255).fill("a=1").join("||")],
    ["128 levels of a constant", list(128)],
    ["a path of 32 segments", `${Array(32).fill("a").join(".")}=1`],
    ["64 Ki characters", `a="${"x".repeat(65_536 - 4)}"`],
  ])("%s are read", (_, text) => expect(parseExpression(text).ok).toBe(true));

  it.each([
    ["33 levels of logic", nest(33), 65],
    ["33 levels without as many parentheses", alternate(16), 0],
    ["33 parentheses", `${"(".repeat(33)}a=1`, 32],
    ["257 ops", Array(257).fill("a=1").join("&&"), 256 * 5],
    ["256 ops that are joined", Array(256).fill("a=1").join("||"), 0],
    ["129 levels of a constant", list(129), 2 + 128],
    ["a path of 33 segments", `${Array(33).fill("a").join(".")}=1`, 0],
    ["a path of 1025 characters", `/${"a".repeat(1024)}=1`, 0],
    ["64 Ki characters and one", `a="${"x".repeat(65_536 - 3)}"`, 65_536],
  ])("%s are refused", (_, text, at) => expect(parseExpression(text)).toMatchObject({ ok: false, at }));

  it.each(["(", "[", "{a:", "!(", "a.", "//", "~", "1", "-", "\\", "'", " ", "not ", "a=1||", "신", "\ud800", "1."])(
    "64 Ki of %j are read or refused, and that is that",
    (piece) => {
      for (const text of [piece, `a=${piece}`, `a in [${piece}`]) {
        const long = text + piece.repeat(Math.floor((65_536 - text.length) / piece.length));
        expect(parseExpression(long)).toHaveProperty("ok");
      }
    },
  );
});

it("never throws, and points into the text, whatever comes", () => {
  fc.assert(
    fc.property(noise, (text) => {
      const result = parseExpression(text);
      return result.ok || (result.at >= 0 && result.at <= text.length && result.message.startsWith("expected "));
    }),
    { numRuns: 5000 },
  );
});
