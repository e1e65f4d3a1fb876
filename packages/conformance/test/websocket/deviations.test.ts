import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type DeviationName, deviations } from "./deviations.kit.ts";

const folder = new URL("cases/", import.meta.url);
const cases = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"));
const echo = readFileSync(new URL("echo.kit.ts", import.meta.url), "utf8");
const sources = [...cases, echo].join("\n");

/** What every listener does is asserted by its cases directly. */
test.each(Object.keys(deviations) as DeviationName[])("%s is asserted by a case", (name) => {
  expect(sources.includes(`"${name}"`)).toBe(true);
});
