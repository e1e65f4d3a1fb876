import { expect, it } from "vitest";
import { createLoopGuard } from "./loop-guard.ts";

const guard = createLoopGuard("singyeong-1");

it("marks a request behind those through whom it came", () => {
  const sent = [
    ["via", "1.1 edge"],
    ["accept", "*/*"],
  ] as const;
  expect(guard.mark(sent)).toEqual([...sent, ["via", "1.1 singyeong-1"]]);
});

it("knows a request that it has marked, also in a list", () => {
  expect(guard.mark(guard.mark([["via", "1.1 edge"]])!)).toBeNull();
  expect(guard.mark([["via", "1.1 edge, 1.1 singyeong-1, 1.0 other"]])).toBeNull();
});
