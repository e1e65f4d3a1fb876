import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseQuery } from "./query.ts";

const op = (path: unknown, name: unknown, to: unknown) => ({ ops: [{ path, op: name, to }] });
const nest = (depth: number): unknown => (depth === 0 ? { a: { $eq: 1 } } : { op: "$and", with: [nest(depth - 1)] });

describe("a wrong query is refused with the place and what was expected", () => {
  it.each([
    [[], "query/not-a-map", "", "expected a map, got a list"],
    [{ application: 42 }, "query/bad-application", "/application", "got the number 42"],
    [{ application: ["a", 1] }, "query/bad-application", "/application/1", "expected a tag"],
    [{ ops: {} }, "query/bad-ops", "/ops", "expected a list of ops, got a map"],
    [{ ops: [1] }, "query/bad-op", "/ops/0", "got the number 1"],
    [{ ops: [{}] }, "query/bad-op", "/ops/0", "got an empty map"],
    [op("/a", "$regex", { value: 1 }), "query/unknown-op", "/ops/0/op", 'got "$regex"'],
    [op("/a", "toString", { value: 1 }), "query/unknown-op", "/ops/0/op", 'got "toString"'],
    [op("/a", null, { value: 1 }), "query/unknown-op", "/ops/0/op", "got null"],
    [op("a", "$eq", { value: 1 }), "query/bad-path", "/ops/0/path", 'expected a path that starts with /, got "a"'],
    [op("", "$eq", { value: 1 }), "query/bad-path", "/ops/0/path", "expected a path such as /key"],
    [op("/~2", "$eq", { value: 1 }), "query/bad-path", "/ops/0/path", "~0 for ~"],
    [op(7, "$eq", { value: 1 }), "query/bad-path", "/ops/0/path", "got the number 7"],
    [op("/a", "$eq", undefined), "query/bad-to", "/ops/0/to", "got nothing"],
    [op("/a", "$eq", {}), "query/bad-to", "/ops/0/to", "got neither value nor path"],
    [op("/a", "$eq", { value: undefined }), "query/bad-to", "/ops/0/to", "got neither value nor path"],
    [op("/a", "$eq", { path: "b" }), "query/bad-path", "/ops/0/to/path", 'got "b"'],
    [op("/a", "$exists", { path: "/b" }), "query/bad-to", "/ops/0/to", "got a path"],
    [op("/a", "$exists", { value: 1 }), "query/bad-value", "/ops/0/to/value", "expected true or false"],
    [op("/a", "$in", { value: 1 }), "query/bad-value", "/ops/0/to/value", "expected a list for $in"],
    [op("/a", "$eq", { value: [2n ** 63n] }), "query/integer-range", "/ops/0/to/value/0", "send it as text"],
    [{ ops: [{ op: "$or" }] }, "query/bad-with", "/ops/0/with", "got nothing"],
    [{ ops: [{ op: "$or", with: [] }] }, "query/bad-with", "/ops/0/with", "got an empty list"],
    [{ ops: [{ $or: [] }] }, "query/bad-with", "/ops/0/$or", "got an empty list"],
    [{ ops: [{ $eq: 1 }] }, "query/bad-path", "/ops/0/$eq", "expected a key around $eq"],
    [{ ops: [{ a: 1 }] }, "query/bad-op", "/ops/0/a", 'expected operators such as {"$eq": value}'],
    [{ ops: [{ a: { b: { $eq: 1 } } }] }, "query/unknown-op", "/ops/0/a/b", 'got "b"'],
    [{ ops: [nest(33)] }, "query/too-deep", `/ops/0${"/with/0".repeat(32)}`, "at most 32 deep"],
    [{ ops: Array(257).fill({ a: { $eq: 1 } }) }, "query/too-many-ops", "/ops/256/a/$eq", "at most 256 ops"],
    [{ selector: "latency" }, "query/bad-selector", "/selector", "got the text"],
    [{ selector: { $min: "a", $max: "a" } }, "query/bad-selector", "/selector", "expected one selector, got 2"],
    [{ selector: { $median: "a" } }, "query/unknown-selector", "/selector/$median", 'got "$median"'],
    [{ selector: { $min: "" } }, "query/bad-path", "/selector/$min", "expected a path"],
    [{ key: true }, "query/bad-key", "/key", "expected text or a number, got true"],
  ])("%o", (query, code, at, message) => {
    expect(parseQuery(query)).toMatchObject({ ok: false, code, at, message: expect.stringContaining(message) });
  });
});

describe("what a query may be", () => {
  it.each([
    [{ application: null, ops: null, selector: null, key: null }],
    [{ application: [], selector: {}, unknown: 1 }],
    [{ ops: [nest(32)] }],
    [{ ops: Array(256).fill({ a: { $eq: 1 } }) }],
    [op("/a", "$eq", { value: 5, path: null, default: null })],
    [op("/a", "$eq", { value: null, path: "/b" })],
    [{ ops: [{ op: { $eq: 1 } }, { path: { $gt: 1, $lt: 3 } }] }],
    [JSON.parse('{"ops": [{"__proto__": {"$eq": 1}}], "__proto__": {"key": 1}}')],
  ])("%j", (query) => expect(parseQuery(query).ok).toBe(true));

  it("takes flags as text, and anything else as false", () => {
    const result = parseQuery({ restricted: "true", optional: true, droppable: 1 });
    expect(result).toMatchObject({ ok: true, query: { restricted: true, optional: true, droppable: false } });
  });

  it("takes a number as key by its text, and an empty key as a key", () => {
    expect(parseQuery({ key: 17 })).toMatchObject({ ok: true, query: { key: "17" } });
    expect(parseQuery({ key: "" })).toMatchObject({ ok: true, query: { key: "" } });
  });

  it("counts nothing that is inherited", () => {
    expect(parseQuery(Object.create({ ops: 1 })).ok).toBe(false);
    expect(parseQuery(Object.assign(Object.create(null), { key: "k" }))).toMatchObject({ ok: true });
  });
});

it("never throws, whatever comes", () => {
  const words = fc.constantFrom(
    "op",
    "path",
    "to",
    "with",
    "value",
    "$eq",
    "$and",
    "$in",
    "$min",
    "__proto__",
    "/a",
    "$exists",
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      words,
      fc.anything({ withBigInt: true, withMap: true, withTypedArray: true, withNullPrototype: true }),
      fc.dictionary(words, tie("tree")),
      fc.array(tie("tree"), { maxLength: 4 }),
    ),
  }));
  const key = fc.constantFrom("ops", "application", "selector", "key", "restricted", "optional");
  fc.assert(
    fc.property(
      fc.oneof(
        tree,
        fc.dictionary(key, tree),
        fc.array(tree).map((ops) => ({ ops })),
      ),
      (value) => {
        const result = parseQuery(value);
        return result.ok || (result.code.startsWith("query/") && result.message.startsWith("expected"));
      },
    ),
    { numRuns: 3000 },
  );
});
