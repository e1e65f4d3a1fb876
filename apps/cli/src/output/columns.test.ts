import { expect, it } from "vitest";
import { columnsOf } from "./columns.ts";

it("a terminal is as wide as it says, else 80 columns", () => {
  expect(columnsOf({ columns: 132 })).toBe(132);
  expect(columnsOf({ columns: 0 })).toBe(80);
  expect(columnsOf({})).toBe(80);
});
