import { fail, halt, next, type Plugin } from "@singyeong/plugin";
import { Whole } from "@singyeong/protocol";
import { describe, expect, it } from "vitest";
import { createTestHost, forever, someone } from "./plugins.kit.ts";

const answering = (name: string, more: Partial<Plugin> = {}): Partial<Plugin> & { name: string } => ({
  name,
  events: { PING: ({ d }) => next({ event: "PONG", d: [name, d] }) },
  ...more,
});

describe("an event of a plugin's own", () => {
  it("is answered at once where the plugin answers at once", () => {
    const { hooks } = createTestHost([answering("a")]);
    expect(hooks.events).toEqual(new Set(["PING"]));
    expect(hooks.own(someone, "PING", 1)).toEqual({ kind: "next", frames: [{ t: "PONG", d: ["a", 1] }] });
  });

  it("goes through all plugins that own it, in their order, and each adds its replies", async () => {
    const { hooks } = createTestHost([
      answering("b", { order: 2 }),
      answering("a", { order: 1 }),
      { name: "c", order: 3, events: ["PING"], onEvent: async () => next([]) },
      { name: "d", order: 4, events: ["PING"], onEvent: async ({ event }) => next({ event, d: null }) },
    ]);
    expect(await hooks.own(someone, "PING", 1)).toEqual({
      kind: "next",
      frames: [
        { t: "PONG", d: ["a", 1] },
        { t: "PONG", d: ["b", 1] },
        { t: "PING", d: null },
      ],
    });
  });

  it("is not answered where nothing is returned", () => {
    const { hooks } = createTestHost([{ name: "quiet", events: { PING() {} } }]);
    expect(hooks.own(someone, "PING", 1)).toEqual({ kind: "next", frames: [] });
  });

  it("ends where one halts it, without a word", () => {
    const { hooks } = createTestHost([answering("a"), { name: "b", events: { PING: () => halt } }, answering("c")]);
    expect(hooks.own(someone, "PING", 1)).toEqual({ kind: "halt" });
  });

  it("ends where one says that it failed", () => {
    const { hooks, failures } = createTestHost([{ name: "b", events: { PING: () => fail("no") } }, answering("c")]);
    expect(hooks.own(someone, "PING", 1)).toEqual({ kind: "error", reason: "no", undoErrors: [] });
    expect(failures).toEqual(["b onEvent refused"]);
  });

  it("ends where one throws, or rejects: its name is told, and what it threw is logged alone", async () => {
    const throwing = (name: string, handler: () => never | Promise<never>) =>
      createTestHost([{ name, events: { PING: handler } }]);
    const sync = throwing("sync", () => {
      throw new Error("secret");
    });
    const late = throwing("late", async () => {
      throw new Error("secret");
    });
    expect(sync.hooks.own(someone, "PING", 1)).toEqual({ kind: "error", reason: "plugin sync failed", undoErrors: [] });
    expect(await late.hooks.own(someone, "PING", 1)).toMatchObject({ reason: "plugin late failed" });
    expect([sync.failures, late.failures]).toEqual([["sync onEvent threw"], ["late onEvent threw"]]);
    expect(sync.logged).toMatchObject([{ level: "error", plugin: "sync", hook: "onEvent", reason: "threw" }]);
    expect((sync.logged[0]!.err as Error).message).toBe("secret");
  });

  it("fails where what is returned is no outcome, or cannot travel", () => {
    const wrong: unknown[] = [
      7,
      "PONG",
      {},
      { next: undefined },
      { error: 7 },
      { next: { event: "", d: 1 } },
      { next: { event: "PONG" } },
      { next: [{ event: "PONG", d: new Date(0) }] },
      { next: { event: "PONG", d: Number.NaN } },
      { next: { event: "PONG", d: { deep: [() => 1] } } },
      { next: null },
      {
        get next(): never {
          throw new Error("a getter");
        },
      },
    ];
    for (const outcome of wrong) {
      const { hooks, failures } = createTestHost([{ name: "wrong", events: { PING: () => outcome as undefined } }]);
      expect(hooks.own(someone, "PING", 1), String(outcome)).toMatchObject({ reason: "plugin wrong failed" });
      expect(failures).toEqual(["wrong onEvent invalid"]);
    }
  });

  it("fails where a plugin takes too long, which its signal tells it", async () => {
    let reason: unknown;
    const { hooks, after, failures } = createTestHost([
      {
        name: "slow",
        events: {
          PING({ signal }) {
            signal.addEventListener("abort", () => {
              reason = signal.reason;
            });
            return forever();
          },
        },
      },
    ]);
    const outcome = await after(100, hooks.own(someone, "PING", 1));
    expect(outcome).toEqual({ kind: "error", reason: "plugin slow took too long", undoErrors: [] });
    expect(reason).toMatchObject({ name: "TimeoutError" });
    expect(failures).toEqual(["slow onEvent timeout"]);
  });

  it("has floats without a fraction as plain numbers", () => {
    const { hooks } = createTestHost([answering("a")]);
    const outcome = hooks.own(someone, "PING", { n: new Whole(50), list: [new Whole(1), "x"] });
    expect(outcome).toEqual({ kind: "next", frames: [{ t: "PONG", d: ["a", { n: 50, list: [1, "x"] }] }] });
  });

  it("may not be one of the server's", () => {
    expect(() => createTestHost([{ name: "greedy", events: { SEND() {} } }])).toThrow(
      "plugin greedy: SEND is an event of the server; onDispatch looks at those, and may halt them",
    );
  });
});
