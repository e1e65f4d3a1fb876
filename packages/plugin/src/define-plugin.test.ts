import { describe, expect, expectTypeOf, it } from "vitest";
import { definePlugin, fail, halt, next } from "./index.ts";

describe("definePlugin", () => {
  it("returns what it is given, and knows settings and state by what their hooks return", () => {
    const plugin = definePlugin({
      name: "typed",
      version: "1.0.0",
      settings: () => ({ size: 3 }),
      load({ settings }) {
        expectTypeOf(settings.size).toEqualTypeOf<number>();
        return { state: { seen: ["a"] } };
      },
      events: {
        PING({ d }, { state, settings }) {
          expectTypeOf(state.seen).toEqualTypeOf<string[]>();
          expectTypeOf(settings).toEqualTypeOf<{ size: number }>();
          return next({ event: "PONG", d });
        },
      },
    });
    expect(plugin).toMatchObject({ name: "typed", version: "1.0.0" });
  });

  it("takes hooks that return at once, later, or nothing", () => {
    const plugin = definePlugin({
      name: "shapes",
      version: "1.0.0",
      events: ["A"],
      onEvent: async ({ event }) => (event === "A" ? halt : fail("unknown")),
      onDispatch({ direction }) {
        if (direction === "in") return next(null);
      },
      auth: () => "ok",
      onConnect() {},
    });
    expect(plugin.events).toEqual(["A"]);
  });
});

describe("outcomes", () => {
  it("hold an undo where there is one", () => {
    expect([next(1), next(1, 2), fail("no"), fail("no", 3), halt]).toEqual([
      { next: 1 },
      { next: 1, undo: 2 },
      { error: "no" },
      { error: "no", undo: 3 },
      { halt: true },
    ]);
  });
});
