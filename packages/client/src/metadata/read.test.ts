import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMetadata } from "./read.ts";

describe("metadata that the server lists", () => {
  it("is read as plain values beside their types", () => {
    const values = { build: "2.1.0", latency: 12, user: 2n ** 60n, guilds: ["a"] };
    const types = { build: "version", latency: "integer", user: "integer", guilds: "list" };
    expect(readMetadata(values, types)).toEqual({ metadata: values, types });
  });

  it("loses the types that nobody knows", () => {
    expect(readMetadata({ a: 1 }, { a: "duration", b: 5, c: "toString", d: "map" }).types).toEqual({ d: "map" });
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (values, types) => {
        const read = readMetadata(values, types);
        expect(typeof read.metadata).toBe("object");
        expect(typeof read.types).toBe("object");
      }),
    );
  });
});
