import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { TargetOptions } from "../target/target-options.ts";
import { readMessageArguments } from "./message-arguments.ts";

function read(args: readonly string[], options: Partial<TargetOptions & { text: boolean }> = {}, isTTY = false) {
  const all = { tags: [], optional: false, restricted: false, text: false, ...options } as never;
  return readMessageArguments(args, all, Object.assign(Readable.from([]), { isTTY }));
}

describe("arguments of a message", () => {
  it("end with the payload", () => {
    expect(read(["api", "1"])).toEqual({
      target: { application: "api" },
      source: { type: "argument", text: "1" },
      implied: false,
    });
    expect(read(["api", "x=1", "{}"])).toMatchObject({
      target: { ops: [{ path: "/x" }] },
      source: { text: "{}" },
    });
    expect(read(["api", "@file"])).toMatchObject({ source: { type: "file", path: "file" } });
    expect(read(["api", "-"])).toMatchObject({ source: { type: "stdin" }, implied: false });
    expect(read(["x=1", "{}"], { tags: ["a"] })).toMatchObject({ target: { application: ["a"], ops: [{}] } });
    expect(read(["{}"], { query: "{}" })).toEqual({
      target: {},
      source: { type: "argument", text: "{}" },
      implied: false,
    });
  });

  it("take what is piped in where the payload is left out", () => {
    expect(read(["api"])).toMatchObject({ source: { type: "stdin" }, implied: true });
    expect(() => read(["api"], {}, true)).toThrow("the payload is missing");
  });

  it("tell an expression that stands in the payload's place", () => {
    expect(() => read(["api", "region=eu"])).toThrow("the payload is missing behind the expression region=eu");
    expect(read(["api", "region=eu"], { text: true })).toMatchObject({ source: { text: "region=eu" } });
    expect(read(["api", "hello"])).toMatchObject({ source: { text: "hello" } });
  });

  it("are neither too few nor too many", () => {
    expect(() => read([])).toThrow("an application is missing");
    expect(() => read(["api", "a", "=", "1"])).toThrow('"1" is one argument too many');
  });
});
