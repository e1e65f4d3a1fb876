import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { comparedPaths, readPath, readTarget } from "./target.ts";
import type { TargetOptions } from "./target-options.ts";

const read = (args: readonly string[], options: Partial<TargetOptions> = {}) => readTarget(args, options);

describe("a target", () => {
  it("is an application", () => {
    expect(read(["api"])).toEqual({ application: "api" });
    expect(read(["*"])).toEqual({});
    expect(read(["#edge,#asia"])).toEqual({ application: ["edge", "asia"] });
  });

  it("is an application and an expression", () => {
    expect(read(["api", "latency<=100 && region=eu"])).toEqual({
      application: "api",
      ops: [
        { path: "/latency", op: "$lte", to: { value: 100 } },
        { path: "/region", op: "$eq", to: { value: "eu" } },
      ],
    });
    expect(read(["api", "id=1234567890123456789"])).toMatchObject({
      ops: [{ to: { value: 1234567890123456789n } }],
    });
  });

  it("is tags in the place of the application", () => {
    expect(read([], { tags: ["a", "b"] })).toEqual({ application: ["a", "b"] });
    expect(read(["x=1"], { tags: ["a"] })).toMatchObject({ application: ["a"], ops: [{ path: "/x" }] });
  });

  it("has a selector, a key and switches", () => {
    const options = { min: "limits.cpu", key: "user-17", optional: true, restricted: true, droppable: true };
    expect(read(["api"], options)).toEqual({
      application: "api",
      selector: { $min: "/limits/cpu" },
      key: "user-17",
      optional: true,
      restricted: true,
      droppable: true,
    });
  });

  it("is JSON as a whole, in the argument or in a file, with all digits", () => {
    const json = '{"application":"api","ops":[{"path":"/id","op":"$eq","to":{"value":1234567890123456789}}]}';
    const expected = { application: "api", ops: [{ path: "/id", op: "$eq", to: { value: 1234567890123456789n } }] };
    expect(read([], { query: json })).toEqual(expected);
    const folder = mkdtempSync(join(tmpdir(), "sg-target-"));
    writeFileSync(join(folder, "query.json"), json);
    expect(read([], { query: `@${join(folder, "query.json")}` })).toEqual(expected);
    rmSync(folder, { recursive: true });
  });

  it.each<[readonly string[], Partial<TargetOptions>, string]>([
    [[], {}, "an application is missing"],
    [["api", "latency", "<", "3"], {}, '"<" is one argument too many'],
    [["api", "latency <"], {}, "the expression is not understood: "],
    [["a,b"], {}, "the application is not understood: "],
    [["api"], { min: "a", max: "b" }, "--min and --max cannot be combined"],
    [["api"], { min: "a b" }, '"a b" is no path'],
    [["api"], { min: "a || b=1" }, '"a || b=1" is no path'],
    [["api"], { query: "{}" }, '"api" is one argument too many'],
    [[], { query: "{}", tags: ["a"] }, "--tags cannot stand beside it"],
    [[], { query: "{}", optional: true }, "--optional cannot stand beside it"],
    [[], { query: "[]" }, "--query is no JSON map"],
    [[], { query: "{" }, "--query cannot be read"],
    [[], { query: "@/nonexistent" }, "--query cannot be read"],
    [[], { query: '{"aplication":"api"}' }, '"aplication" is none of application, ops'],
  ])("%j with %j is refused", (args, options, message) => {
    expect(() => read(args, options)).toThrow(message);
  });
});

it("names the paths that it compares, each once", () => {
  const query = read(["api", "a.b=1 || (a.b<3 && c < @d)"], { min: "e" });
  expect(comparedPaths(query)).toEqual(["/a/b", "/c", "/d", "/e"]);
  expect(readPath("a.b")).toBe("/a/b");
  expect(readPath("/a/b")).toBe("/a/b");
});
