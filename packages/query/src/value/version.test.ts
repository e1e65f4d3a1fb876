import { expect, it } from "vitest";
import { parsePrecedence } from "./version.ts";

it("orders versions as Semantic Versioning §11 does", () => {
  const ascending = [
    "0.0.1",
    "0.9.0",
    "0.10.0",
    "1.0.0-0",
    "1.0.0-2",
    "1.0.0-11",
    "1.0.0--",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-alpha1",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "2.0.0",
    "10.0.0",
    "99999999999999999999999.0.0",
  ];
  const precedences = ascending.map((text) => parsePrecedence(text)!);
  expect([...precedences].sort()).toEqual(precedences);
  expect(new Set(precedences).size).toBe(ascending.length);
});

it("leaves build metadata out", () => expect(parsePrecedence("1.0.0+a.b")).toBe(parsePrecedence("1.0.0")));

it.each(["", "1", "1.0", "v1.0.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0+", "1.0.0 ", "banana"])(
  "refuses %j",
  (text) => expect(parsePrecedence(text)).toBeNull(),
);
