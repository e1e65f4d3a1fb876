import { describe, expect, it } from "vitest";
import { SingyeongError } from "../errors.ts";
import { float, integer } from "./number.ts";

describe("an integer", () => {
  it.each([0, -12, 2 ** 53 - 1, 5n, 2n ** 63n - 1n, -(2n ** 63n)])("may be %s", (value) => {
    expect(integer(value)).toMatchObject({ type: "integer", value });
  });

  it.each<[never, string]>([
    [0.5 as never, "expected a whole number, got 0.5"],
    [Number.NaN as never, "expected a whole number, got NaN"],
    ["5" as never, "expected a whole number, got a string"],
    [(2 ** 53) as never, "may have lost digits; write it as a bigint"],
    [(2n ** 63n) as never, "expected an integer within signed 64 bits"],
    [(-(2n ** 63n) - 1n) as never, "expected an integer within signed 64 bits"],
  ])("is not %s", (value, message) => {
    expect(() => integer(value)).toThrow(message);
    expect(() => integer(value)).toThrow(SingyeongError);
  });
});

describe("a float", () => {
  it.each([50, 0.5, 1e300])("may be %s", (value) => {
    expect(float(value)).toMatchObject({ type: "float", value });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 5n as never])("is not %s", (value) => {
    expect(() => float(value)).toThrow("expected a finite number, got");
  });
});
