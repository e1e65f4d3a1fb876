import type { Plugin } from "@singyeong/plugin";
import { describe, expect, it } from "vitest";
import { arrange } from "./arrange.ts";

const named = (name: string, more: Partial<Plugin> = {}) => ({
  plugin: { name, version: "1.2.3", ...more },
  source: `./${name}.js`,
});
const order = (...definitions: ReturnType<typeof named>[]): string =>
  arrange(definitions)
    .map(({ plugin }) => plugin.name)
    .join(" ");

describe("the order of plugins", () => {
  it("is as they are listed where nothing is said", () => {
    expect(order(named("c"), named("a"), named("b"))).toBe("c a b");
  });

  it("follows their numbers, the lowest first", () => {
    expect(order(named("c", { order: 5 }), named("a"), named("b", { order: -1 }))).toBe("b a c");
  });

  it("follows needs, after and before, against their numbers if need be", () => {
    expect(order(named("a", { needs: ["b"] }), named("b", { after: ["c"] }), named("c"))).toBe("c b a");
    expect(order(named("a"), named("b", { before: ["a"], order: 9 }))).toBe("b a");
  });

  it("does not mind whom after and before name that is not there", () => {
    expect(order(named("a", { after: ["x"], before: ["y"] }), named("b"))).toBe("a b");
  });

  it("has what is needed, of the version that is needed", () => {
    for (const need of ["b", "b@^1.0.0", "b@>=1.2", "b@1.2.3", "b@1"]) {
      expect(order(named("a", { needs: [need] }), named("b"))).toBe("b a");
    }
    expect(order(named("a", { needs: ["@x/b@^1.2"] }), named("@x/b"))).toBe("@x/b a");
    expect(() => order(named("a", { needs: ["c@^1.0.0"] }))).toThrow(
      "plugin a needs c@^1.0.0, and no such plugin is loaded",
    );
    expect(() => order(named("a", { needs: ["b@^2.0.0"] }), named("b"))).toThrow(
      "plugin a needs b@^2.0.0, and b is of version 1.2.3",
    );
  });

  it("has no circles, and names the one it found", () => {
    expect(() =>
      order(named("x"), named("a", { needs: ["b"] }), named("b", { after: ["c"] }), named("c", { after: ["a"] })),
    ).toThrow("plugins wait for each other: a after b after c after a");
    expect(() => order(named("a", { needs: ["a"] }))).toThrow("plugins wait for each other: a after a");
  });

  it("has no two of one name", () => {
    expect(() => order(named("a"), named("a"))).toThrow("two plugins are called a: ./a.js and ./a.js");
  });
});
