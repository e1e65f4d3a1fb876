import { expect, it } from "vitest";
import { memoize } from "./memo.ts";

it("finds each text once, until there are too many of them", () => {
  const asked: string[] = [];
  const length = memoize(2, (text) => {
    asked.push(text);
    return text.length;
  });
  expect(["a", "bb", "a", "bb"].map(length)).toEqual([1, 2, 1, 2]);
  expect(asked).toEqual(["a", "bb"]);
  expect(["ccc", "ccc", "a"].map(length)).toEqual([3, 3, 1]);
  expect(asked).toEqual(["a", "bb", "ccc", "a"]);
});
