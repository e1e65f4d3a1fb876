import { describe, expect, it } from "vitest";
import { readCallArguments } from "./call-arguments.ts";

const region = [{ path: "/region", op: "$eq", to: { value: "eu" } }];

describe("arguments of a call", () => {
  it("are a target, a method and what it is given", () => {
    const math = { application: "math" };
    expect(readCallArguments(["math", "add"], {})).toEqual({ target: math, method: "add", source: null });
    expect(readCallArguments(["math", "add", "[1,2]"], {})).toMatchObject({
      ...{ target: math, method: "add", source: { type: "argument", text: "[1,2]" } },
    });
    expect(readCallArguments(["math", "add", "-"], {})).toMatchObject({ method: "add", source: { type: "stdin" } });
    expect(readCallArguments(["math", "add", "@f"], {})).toMatchObject({ source: { type: "file", path: "f" } });
  });

  it("may hold an expression, which is known by its marks or its place", () => {
    const target = { application: "math", ops: region };
    expect(readCallArguments(["math", "region=eu", "add"], {})).toEqual({ target, method: "add", source: null });
    expect(readCallArguments(["math", "region=eu", "add", "1"], {})).toMatchObject({ target, method: "add" });
    expect(readCallArguments(["math", "exists tier", "add"], {})).toMatchObject({ target: { ops: [{}] } });
    expect(() => readCallArguments(["math", "add", "1", "2"], {})).toThrow("the expression is not understood");
  });

  it("may leave the application to options", () => {
    expect(readCallArguments(["region=eu", "add", "1"], { tags: ["a"] })).toMatchObject({
      target: { application: ["a"], ops: region },
      method: "add",
    });
    expect(readCallArguments(["add", "1"], { tags: ["a"] })).toMatchObject({ method: "add", source: { text: "1" } });
    // Where the target takes no expression, a method may be called anything.
    expect(readCallArguments(["a=b", "1"], { query: "{}" })).toMatchObject({ target: {}, method: "a=b" });
  });

  it.each([
    [[], "an application is missing"],
    [["math"], "the method is missing"],
    [["math", "region=eu"], "the method is missing behind the expression region=eu"],
    [["math", "region=eu", "add", "1", "2"], '"2" is one argument too many'],
  ])("%j are too few or too many", (args, message) => {
    expect(() => readCallArguments(args, {})).toThrow(message);
  });

  it("that lack an application are told in one sentence how it is done", () => {
    expect(() => readCallArguments([], {})).toThrow(
      expect.objectContaining({ advice: "As in: sg call math add '[1,2]'; * is every one." }),
    );
  });
});
