import { describe, expect, it } from "vitest";
import { readTraceArguments } from "./read-trace-arguments.ts";

const read = (args: readonly string[], isText = false) => readTraceArguments(args, {}, isText);
const region = [{ path: "/region", op: "$eq", to: { value: "eu" } }];

describe("the last argument", () => {
  it.each<[readonly string[], object, object | null]>([
    [["api"], { application: "api" }, null],
    [["api", "{}"], { application: "api" }, { type: "argument", text: "{}" }],
    [["api", "5"], { application: "api" }, { type: "argument", text: "5" }],
    [["api", "-"], { application: "api" }, { type: "stdin" }],
    [["api", "@a.json"], { application: "api" }, { type: "file", path: "a.json" }],
    [["api", "region=eu"], { application: "api", ops: region }, null],
    [["api", "region=eu", "x"], { application: "api", ops: region }, { type: "argument", text: "x" }],
  ])("of %j", (args, target, source) => {
    expect(read(args)).toEqual({ target, source });
  });

  it("is the payload behind an expression alone, where that is text", () => {
    expect(read(["api", "region=eu", "5"], true).source).toEqual({ type: "argument", text: "5" });
    expect(read(["api", "region=eu"], true).source).toBeNull();
  });
});
