import { expect, it } from "vitest";
import { wrap } from "./wrap.ts";

it("wraps at spaces", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
});
