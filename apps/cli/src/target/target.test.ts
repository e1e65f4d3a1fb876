import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { comparedPaths, readPath, readTarget } from "./target.ts";
import type { TargetOptions } from "./target-options.ts";

const read = (args: readonly string[], options: Partial<TargetOptions> = {}) => readTarget(args, options);

describe("a target", () => {
  it("is an application", async () => {
    expect(await read(["api"])).toEqual({ application: "api" });
    expect(await read(["*"])).toEqual({});
    expect(await read(["#edge,#asia"])).toEqual({ application: ["edge", "asia"] });
  });

  it("is an application and an expression", async () => {
    expect(await read(["api", "latency<=100 && region=eu"])).toEqual({
      application: "api",
      ops: [
        { path: "/latency", op: "$lte", to: { value: 100 } },
        { path: "/region", op: "$eq", to: { value: "eu" } },
      ],
    });
    expect(await read(["api", "id=1234567890123456789"])).toMatchObject({
      ops: [{ to: { value: 1234567890123456789n } }],
    });
  });

  it("is tags in the place of the application", async () => {
    expect(await read([], { tags: ["a", "b"] })).toEqual({ application: ["a", "b"] });
    expect(await read(["x=1"], { tags: ["a"] })).toMatchObject({ application: ["a"], ops: [{ path: "/x" }] });
  });

  it("has a selector, a key and switches", async () => {
    const options = { min: "limits.cpu", key: "user-17", optional: true, restricted: true, droppable: true };
    expect(await read(["api"], options)).toEqual({
      application: "api",
      selector: { $min: "/limits/cpu" },
      key: "user-17",
      optional: true,
      restricted: true,
      droppable: true,
    });
  });

  it("is JSON as a whole, in the argument or in a file, with all digits", async () => {
    const json = '{"application":"api","ops":[{"path":"/id","op":"$eq","to":{"value":1234567890123456789}}]}';
    const expected = { application: "api", ops: [{ path: "/id", op: "$eq", to: { value: 1234567890123456789n } }] };
    expect(await read([], { query: json })).toEqual(expected);
    const folder = mkdtempSync(join(tmpdir(), "sg-target-"));
    writeFileSync(join(folder, "query.json"), json);
    expect(await read([], { query: `@${join(folder, "query.json")}` })).toEqual(expected);
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
  ])("%j with %j is refused", async (args, options, message) => {
    await expect(read(args, options)).rejects.toThrow(message);
  });
});

it("names the paths that it compares, each once", async () => {
  const query = await read(["api", "a.b=1 || (a.b<3 && c < @d)"], { min: "e" });
  expect(comparedPaths(query)).toEqual(["/a/b", "/c", "/d", "/e"]);
  expect(readPath("a.b")).toBe("/a/b");
  expect(readPath("/a/b")).toBe("/a/b");
});
