import { expect, it } from "vitest";
import { isInRange, isRange, isVersion } from "./version-range.ts";

it.each([
  ["1.2.3", "1.2.3", true],
  ["1.2.3", "1.2.4", false],
  ["1.2.3", "1.2", true],
  ["1.2.3", "1", true],
  ["1.3.0", "1.2", false],
  ["1.2.3", "^1.2.0", true],
  ["1.9.0", "^1.2", true],
  ["1.1.9", "^1.2.0", false],
  ["2.0.0", "^1.2.0", false],
  ["0.2.5", "^0.2.3", true],
  ["0.3.0", "^0.2.3", false],
  ["0.0.3", "^0.0.3", true],
  ["0.0.4", "^0.0.3", false],
  ["0.9.0", "^0", true],
  ["0.0.9", "^0.0", true],
  ["0.1.0", "^0.0", false],
  ["10.0.0", ">=9.1", true],
  ["9.0.9", ">=9.1", false],
  ["1.2.3-beta.1", "^1.2.0", false],
  ["1.2.3-beta.1", "1.2.3-beta.1", true],
  ["1.2.3+build", "1.2.3", true],
])("%s in %s: %s", (version, range, isIn) => {
  expect(isInRange(version, range)).toBe(isIn);
});

it("knows versions and ranges when it sees them", () => {
  expect(["1.2.3", "1.2.3-a.1", "1.2", "v1.2.3", "", "1.2.3 "].map(isVersion)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
  expect(["^1", ">=1.2", "1.2.3", "~1.2", "*", ">1", "^1 || ^2"].map(isRange)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
