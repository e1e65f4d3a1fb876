import { fail, next, type Plugin, type UndoCall } from "@singyeong/plugin";
import { describe, expect, it } from "vitest";
import { createTestHost, forever, someone } from "./plugins.kit.ts";

function doing(name: string, undone: unknown[], more: Partial<Plugin> = {}): Partial<Plugin> & { name: string } {
  return {
    name,
    events: { PAY: () => next([], `${name}'s`) },
    undo({ state, event, direction, reason, client }: UndoCall) {
      undone.push([name, state, event, direction, reason, client.id]);
    },
    ...more,
  };
}

const failing: Partial<Plugin> & { name: string } = { name: "z", events: { PAY: () => fail("no money", "z's") } };

describe("undo", () => {
  it("takes back what was done, last to first, the failing one's own included", () => {
    const undone: unknown[] = [];
    const { hooks } = createTestHost(
      [
        doing("a", undone),
        { name: "b", events: { PAY: () => next([]) } },
        doing("c", undone),
        doing("d", undone, failing),
      ].map((plugin, i) => ({ ...plugin, name: "abcd"[i]! })),
    );
    expect(hooks.own(someone, "PAY", 1)).toEqual({ kind: "error", reason: "no money", undoErrors: [] });
    expect(undone).toEqual([
      ["d", "z's", "PAY", "own", "no money", "someone"],
      ["c", "c's", "PAY", "own", "no money", "someone"],
      ["a", "a's", "PAY", "own", "no money", "someone"],
    ]);
  });

  it("does not stop at what fails, be it thrown, rejected, missing or late, and tells all of it", async () => {
    const undone: unknown[] = [];
    const { hooks, after, failures } = createTestHost([
      doing("a", undone),
      doing("throws", undone, {
        undo() {
          throw new Error("x");
        },
      }),
      doing("rejects", undone, { undo: async () => Promise.reject(new Error("x")) }),
      { name: "has-none", events: { PAY: () => next([], 1) } },
      doing("hangs", undone, { undo: forever }),
      doing("async", undone, {
        undo: async () => {
          undone.push("async");
        },
      }),
      failing,
    ]);
    const outcome = await after(100, hooks.own(someone, "PAY", 1));
    expect(outcome).toEqual({
      kind: "error",
      reason: "no money",
      undoErrors: ["z", "hangs", "has-none", "rejects", "throws"].map(
        (name) => `plugin ${name} could not undo what it did`,
      ),
    });
    expect(undone).toEqual(["async", ["a", "a's", "PAY", "own", "no money", "someone"]]);
    expect(failures).toContain("hangs undo timeout");
  });

  it("takes back what passed, where a plugin behind throws", () => {
    const undone: unknown[] = [];
    const { hooks } = createTestHost([
      { ...doing("a", undone), onDispatch: ({ d }) => next(d, 7) },
      {
        name: "b",
        onDispatch() {
          throw new Error("x");
        },
      },
    ]);
    expect(hooks.outgoing(someone, "SEND", 1)).toMatchObject({ kind: "error", reason: "plugin b failed" });
    expect(undone).toEqual([["a", 7, "SEND", "out", "plugin b failed", "someone"]]);
  });

  it("takes back what a plugin did after its deadline, when it is done", async () => {
    const undone: unknown[] = [];
    let finish = (_state: ReturnType<typeof next<[]>>): void => {};
    const { hooks, after } = createTestHost([
      doing("a", undone, {
        events: {
          PAY: () =>
            new Promise((resolve) => {
              finish = resolve;
            }),
        },
      }),
    ]);
    expect(await after(100, hooks.own(someone, "PAY", 1))).toMatchObject({ reason: "plugin a took too long" });
    expect(undone).toEqual([]);
    finish(next([], "late"));
    await Promise.resolve();
    await Promise.resolve();
    expect(undone).toEqual([["a", "late", "PAY", "own", "it took too long", "someone"]]);
  });
});
