import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Config, configKeys } from "../src/config/schema.ts";

const page = readFileSync(new URL("../../../docs/limits.md", import.meta.url), "utf8");
/** Settings that bound something: by how many or how large, how long, or how often. */
const bounds = configKeys.filter((key) => /^max|Ms$|Attempts$/.test(key) || key === "slowConsumer");

describe("docs/limits.md", () => {
  it.each(bounds)("names the setting %s", (key) => {
    expect(page).toContain(`\`${key}\``);
  });

  it("names no setting that there is none of", () => {
    const settings = page.slice(0, page.indexOf("## In the client")).matchAll(/`(max[A-Z]\w+|\w+Ms)`/g);
    const known = new Set<string>(Object.keys(Config.properties));
    expect([...new Set(Array.from(settings, ([, name]) => name!))].filter((name) => !known.has(name))).toEqual([]);
  });
});
