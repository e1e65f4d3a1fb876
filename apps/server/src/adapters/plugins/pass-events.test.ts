import { fail, halt, next, type PassCall } from "@singyeong/plugin";
import { Whole } from "@singyeong/protocol";
import { describe, expect, it } from "vitest";
import { createTestHost, forever, someone } from "./plugins.kit.ts";

describe("a dispatch that passes", () => {
  it("is shown in the directions that somebody looks at", () => {
    const calls: unknown[] = [];
    const onDispatch = ({ direction, event, d, client }: PassCall): void =>
      void calls.push([direction, event, d, client.id]);
    const { hooks } = createTestHost([{ name: "a", onDispatch }]);
    expect([hooks.seesIncoming, hooks.seesOutgoing]).toEqual([true, true]);
    hooks.incoming(someone, "SEND", 1);
    hooks.outgoing(someone, "BROADCAST", 2);
    expect(calls).toEqual([
      ["in", "SEND", 1, "someone"],
      ["out", "BROADCAST", 2, "someone"],
    ]);
    const oneWay = createTestHost([{ name: "a", onDispatch, directions: ["out"] }]).hooks;
    expect([oneWay.seesIncoming, oneWay.seesOutgoing]).toEqual([false, true]);
  });

  it("goes on as the very value that came where nobody changes it, also later", async () => {
    const before = { n: new Whole(50) };
    const seen: unknown[] = [];
    const { hooks } = createTestHost([
      { name: "a", onDispatch: ({ d }) => void seen.push(d) },
      { name: "b", directions: ["out"], onDispatch: async () => undefined },
    ]);
    const now = hooks.incoming(someone, "SEND", before);
    const later = await hooks.outgoing(someone, "SEND", before);
    expect(now).toHaveProperty("d", before);
    expect((now as { d: unknown }).d).toBe(before);
    expect((later as { d: unknown }).d).toBe(before);
    expect(seen).toEqual([{ n: 50 }, { n: 50 }]);
  });

  it("goes from one plugin to the next as the one before has made it", () => {
    const add = (name: string) => ({ name, onDispatch: ({ d }: PassCall) => next([...(d as string[]), name]) });
    const { hooks } = createTestHost([add("a"), add("b")]);
    expect(hooks.incoming(someone, "SEND", [])).toEqual({ kind: "next", d: ["a", "b"] });
  });

  it("counts as changed where a plugin changed what it was given and gave it on", () => {
    const before = { text: "before" };
    const { hooks } = createTestHost([
      {
        name: "careless",
        onDispatch({ d }) {
          (d as { text: string }).text = "after";
          return next(d);
        },
      },
    ]);
    const outcome = hooks.incoming(someone, "SEND", before) as { d: unknown };
    expect(outcome.d).toEqual({ text: "after" });
    expect(outcome.d).not.toBe(before);
  });

  it("ends where a plugin halts it, or fails, or gives on what cannot travel", () => {
    const passing = (outcome: unknown) =>
      createTestHost([{ name: "a", onDispatch: () => outcome as undefined }]).hooks.incoming(someone, "SEND", 1);
    expect(passing(halt)).toEqual({ kind: "halt" });
    expect(passing(fail("no"))).toEqual({ kind: "error", reason: "no", undoErrors: [] });
    expect(passing({ next: new Map() })).toMatchObject({ reason: "plugin a failed" });
    expect(passing("text")).toMatchObject({ reason: "plugin a failed" });
  });

  it("passes a plugin by that is out of traffic", async () => {
    const { hooks, after, failures } = createTestHost([
      { name: "hangs", onDispatch: forever },
      { name: "b", onDispatch: () => next("b") },
    ]);
    for (let i = 0; i < 5; i++) {
      expect(await after(100, hooks.incoming(someone, "SEND", 1))).toMatchObject({ kind: "error" });
    }
    expect(hooks.incoming(someone, "SEND", 1)).toEqual({ kind: "next", d: "b" });
    expect(failures.slice(-2)).toEqual(["hangs onDispatch timeout", "hangs onDispatch isolated"]);
  });
});
