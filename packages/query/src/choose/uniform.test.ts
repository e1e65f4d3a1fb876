import { describe, expect, it } from "vitest";
import { createMember, createRandom, query } from "../../test/fixture.ts";
import { createEngine } from "../engine.ts";

/** The 99.9 % point of chi-square, by Wilson and Hilferty's approximation. */
function limitOf(freedom: number): number {
  const h = 2 / (9 * freedom);
  return freedom * (1 - h + 3.0902 * Math.sqrt(h)) ** 3;
}

describe("a choice without key is uniform among the matches", () => {
  const cases: [name: string, value: { [key: string]: unknown }, matches: number][] = [
    ["by probing", { ops: [{ third: { $eq: 0 } }] }, 200],
    ["by listing", { ops: [{ op: "$or", with: [{ n: { $eq: 5 } }, { n: { $eq: 77 } }, { n: { $eq: 311 } }] }] }, 3],
    ["in a bucket", { ops: [{ third: { $eq: 1 } }, { n: { $ne: 4 } }] }, 199],
    ["in several buckets", { ops: [{ third: { $in: [0, 2] } }] }, 400],
    ["in a range over many chunks", { ops: [{ n: { $gte: 31 } }, { n: { $lt: 599 } }] }, 568],
    ["in a range with gaps", { ops: [{ n: { $gt: 100, $lte: 160 } }, { third: { $ne: 0 } }] }, 40],
    ["among ties of a selector", { ops: [], selector: { $max: "third" } }, 200],
    ["in the fallback", { ops: [{ n: { $gt: 1e6 } }], optional: true }, 600],
  ];

  it.each(cases)("%s", (_, value, matches) => {
    const engine = createEngine({ random: createRandom(7) });
    for (let i = 0; i < 600; i++) {
      const metadata = { n: { type: "integer", value: i }, third: { type: "integer", value: i % 3 } };
      engine.join(createMember("api", `c${i}`, metadata));
    }
    const compiled = query({ application: "api", ...value });
    for (let i = 0; i < 4000; i++) engine.chooseOne(compiled);
    const counts = new Map<string, number>();
    const expected = 50;
    for (let i = 0; i < matches * expected; i++) {
      const { id } = engine.chooseOne(compiled)!;
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect(counts.size).toBe(matches);
    let statistic = 0;
    for (const count of counts.values()) statistic += (count - expected) ** 2 / expected;
    expect(statistic).toBeLessThan(limitOf(matches - 1));
  });
});
