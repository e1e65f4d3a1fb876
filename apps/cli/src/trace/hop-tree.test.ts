import { expect, it } from "vitest";
import type { Hop } from "./hop.ts";
import { arrangeHops } from "./hop-tree.ts";

function hop(name: string, parentId: string | null, atMs: number, more: Partial<Hop> = {}): Hop {
  return {
    name,
    kind: "internal",
    spanId: name,
    parentId,
    atMs,
    durationMs: 1,
    client: null,
    code: null,
    detail: {},
    ...more,
  };
}

const shown = (...hops: readonly Hop[]) => arrangeHops(hops).map(({ branch, hop: { name } }) => `${branch}${name}`);

it("puts each hop below what led to it, in the order of times", () => {
  expect(
    shown(hop("c", "a", 3), hop("a", "elsewhere", 1), hop("d", "b", 4), hop("b", "a", 2), hop("e", null, 5)),
  ).toEqual(["a", "├─ b", "│  └─ d", "└─ c", "e"]);
});

it("puts moments below the span that they are within", () => {
  const event = { kind: "event", spanId: "a", durationMs: 0 } as const;
  expect(shown(hop("a", null, 1), hop("first", "a", 2, event), hop("second", "a", 3, event))).toEqual([
    "a",
    "├─ first",
    "└─ second",
  ]);
});

it("shows hops once that claim to be each other's part, or their own", () => {
  const lines = shown(hop("a", "a", 1), hop("top", null, 0));
  expect(lines).toEqual(["top", "a"]);
});
