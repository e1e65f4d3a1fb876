import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatApplication, parseApplication } from "./application.ts";
import { ExpressionError } from "./expression-error.ts";

it.each([
  ["api", "api"],
  ["*", undefined],
  ["#edge", ["edge"]],
  ["#edge,#asia", ["edge", "asia"]],
  ["\\#odd", "#odd"],
  ["\\*", "*"],
  ["a\\,b", "a,b"],
  ["#a\\,b,#\\\\,##", ["a,b", "\\", "#"]],
  ["a#b*", "a#b*"],
])("%s is %j", (text, application) => expect(parseApplication(text)).toEqual(application));

describe("is refused", () => {
  it.each(["", "a,b", "#a,b", "a,#b", "#a,", "\\", "a\\b", "#a\\"])("%j", (text) => {
    expect(() => parseApplication(text)).toThrow(ExpressionError);
  });

  it("as is the empty id", () => {
    expect(() => formatApplication("")).toThrow(ExpressionError);
  });
});

it("is written so that reading gives the same", () => {
  const name = fc.oneof(fc.string({ minLength: 1, unit: "binary" }), fc.stringMatching(/^[#*,\\a]{1,6}$/));
  const application = fc.option(
    fc.oneof(name, fc.array(fc.oneof(name, fc.constant("")), { minLength: 1, maxLength: 4 })),
    {
      nil: undefined,
    },
  );
  fc.assert(
    fc.property(application, (value) => {
      expect(parseApplication(formatApplication(value))).toEqual(value);
    }),
  );
});
