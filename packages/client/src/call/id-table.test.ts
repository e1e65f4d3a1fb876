import fc from "fast-check";
import { expect, it } from "vitest";
import { createIdTable } from "./id-table.ts";

it("has what was added and not taken, whatever the ids", () => {
  const id = fc.oneof(
    fc.integer({ min: -40, max: 40 }),
    // Those that want the same place.
    fc.integer({ min: -40, max: 40 }).map((n) => n * 4096),
    fc.maxSafeInteger(),
  );
  const step = fc.record({ id, isAdded: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const table = createIdTable<string>();
      const model = new Map<number, string>();
      for (const { id, isAdded } of steps) {
        if (!isAdded) {
          table.delete(id);
          model.delete(id);
        } else if (!model.has(id)) {
          table.add(id, `value ${id}`);
          model.set(id, `value ${id}`);
        }
        expect(table.size).toBe(model.size);
        expect(table.get(id)).toBe(model.get(id));
      }
      for (const { id } of steps) expect(table.get(id)).toBe(model.get(id));
      expect(table.values().sort()).toEqual([...model.values()].sort());
    }),
  );
});

it("is as small after a crowd as before it", () => {
  const table = createIdTable<number>();
  for (let id = 0; id < 20_000; id++) table.add(id, id);
  for (let id = 0; id < 19_990; id++) table.delete(id);
  expect(table.values()).toEqual([19_990, 19_991, 19_992, 19_993, 19_994, 19_995, 19_996, 19_997, 19_998, 19_999]);
  expect(table.get(19_995)).toBe(19_995);
  expect(table.get(5)).toBeUndefined();
});

it("finds nothing by what is no id", () => {
  const table = createIdTable<string>();
  table.add(0, "zero");
  expect([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32].map((id) => table.get(id))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
