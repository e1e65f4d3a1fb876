import { expect, it } from "vitest";
import { createRetention } from "./retention.ts";

it("queries are in memory: however much disk there is, what they take together is bounded", () => {
  const dropped: number[] = [];
  const retention = createRetention({
    maxPerTopic: 1000,
    retainMs: 1000,
    maxBytes: Number.POSITIVE_INFINITY,
    dropped: ({ seq }) => void dropped.push(seq),
  });
  const target = "x".repeat(30 * 1024 * 1024);
  for (const seq of [1, 2, 3]) retention.add({ seq, topic: "t", target, publishedMs: 0, bytes: 1, body: null });
  expect([dropped, retention.size]).toEqual([[1], 2]);
  for (const seq of [4, 5]) retention.add({ seq, topic: "t", target: "t", publishedMs: 0, bytes: 1, body: null });
  expect(dropped).toEqual([1]);
});
