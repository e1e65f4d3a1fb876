import { expect, it } from "vitest";
import { dayMs, formatDuration, parseDuration } from "./duration.ts";

it.each([
  ["500ms", 500],
  ["10s", 10_000],
  ["1.5m", 90_000],
  ["1h", 3_600_000],
  ["2", 2000],
])("reads %s as %d ms", (text, ms) => expect(parseDuration(text)).toBe(ms));

it.each(["", "s", "-1s", "0", "25h", "1 s", "1e3", "0.0001ms"])('refuses "%s"', (text) =>
  expect(parseDuration(text)).toBeNull(),
);

it("reads more than a day where that is allowed", () => {
  expect(parseDuration("7d", 7 * dayMs)).toBe(604_800_000);
  expect(parseDuration("8d", 7 * dayMs)).toBeNull();
});

it.each([
  [0.4213, "0.42 ms"],
  [12.34, "12.3 ms"],
  [999, "999 ms"],
  [1500, "1.5 s"],
  [125_000, "2 min 5 s"],
])("shows %d ms as %s", (ms, text) => expect(formatDuration(ms)).toBe(text));
