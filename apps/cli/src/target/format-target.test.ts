import type { Query } from "@singyeong/client";
import { expect, it } from "vitest";
import { formatTarget } from "./format-target.ts";
import { readTarget } from "./target.ts";

it.each([
  ["api", []],
  ["*", []],
  ["#edge,#asia", []],
  ["api", ["latency <= 100 && (region = eu || !exists tier)"]],
])("a target of %s %j reads as it was written", (app, expression) =>
  expect(formatTarget(readTarget([app, ...expression], {}))).toBe([app, ...expression].join(" ")),
);

it("says what else a query asks for", () => {
  const query: Query = {
    application: "api",
    selector: { $min: "/load" },
    key: "user 17",
    optional: true,
    restricted: true,
  };
  expect(formatTarget(query)).toBe('api --min /load --key "user 17" --optional --restricted');
});

it("is JSON where it has no other form, and never harms a terminal", () => {
  const odd = { application: "api", ops: [{ path: "no pointer", op: "$odd" }] } as unknown as Query;
  expect(formatTarget(odd)).toBe(JSON.stringify(odd));
  expect(formatTarget({ application: "a\u001b[2J" })).toBe("a\\u001b[2J");
  const unknown = { later: 1 } as unknown as Query;
  expect(formatTarget(unknown)).toBe('{"later":1}');
});
