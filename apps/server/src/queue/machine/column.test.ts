import { describe, expect, it } from "vitest";
import { createColumns } from "./column.ts";

describe("columns", () => {
  it("hold numbers by slot over as many pages as it takes, each for itself", () => {
    const { columns, grow } = createColumns({ at: "float", count: "int", due: "float", state: "int" });
    const slots = 20_000;
    for (let slot = 0; slot < slots; slot++) {
      grow(slot);
      columns.at.set(slot, slot + 0.5);
      columns.count.set(slot, -slot);
      columns.due.set(slot, 2 ** 52 + slot);
      columns.state.set(slot, slot % 4);
    }
    for (let slot = 0; slot < slots; slot++) {
      expect(columns.at.get(slot)).toBe(slot + 0.5);
      expect(columns.count.get(slot)).toBe(-slot || 0);
      expect(columns.due.get(slot)).toBe(2 ** 52 + slot);
      expect(columns.state.get(slot)).toBe(slot % 4);
    }
  });

  it("begin at 0", () => {
    const { columns, grow } = createColumns({ one: "float", two: "int" });
    grow(0);
    expect([columns.one.get(0), columns.two.get(0)]).toEqual([0, 0]);
  });
});
