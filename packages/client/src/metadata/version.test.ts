import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePrecedence } from "../../../query/src/value/version.ts";
import { SingyeongError } from "../errors.ts";
import { isTyped } from "./typed.ts";
import { isVersion, version } from "./version.ts";

describe("a version", () => {
  it("is typed", () => {
    const built = version("2.1.0-rc.1+build");
    expect(built).toMatchObject({ type: "version", value: "2.1.0-rc.1+build" });
    expect(isTyped(built)).toBe(true);
    expect(isTyped({ type: "version", value: "2.1.0" })).toBe(false);
  });

  it.each(["2.1", "v2.1.0", "", "1.0.0-01", `1.0.0-${"a".repeat(1024)}`, 2 as never])("is not %o", (text) => {
    expect(() => version(text)).toThrow("expected a semantic version such as 1.2.3 or 1.2.3-rc.1, got");
    expect(() => version(text)).toThrow(SingyeongError);
  });

  it("is what the server takes for one", () => {
    const texts = fc.stringMatching(/^[0-9]{1,2}\.[0-9]{1,2}\.[0-9](-[0-9a-z.-]{0,4})?(\+[0-9a-z.]{0,3})?$/);
    fc.assert(
      fc.property(fc.oneof(texts, fc.string()), (text) => isVersion(text) === (parsePrecedence(text) !== null)),
    );
  });
});
