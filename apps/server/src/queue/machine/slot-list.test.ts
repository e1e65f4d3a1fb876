import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMessageTable, type MessageTable } from "./message-table.ts";
import { append, createSlotList, insertByTurn, remove, type SlotList } from "./slot-list.ts";

function read(table: MessageTable, list: SlotList): number[] {
  const forwards: number[] = [];
  for (let slot = list.head; slot !== -1; slot = table.next.get(slot)) forwards.push(slot);
  const backwards: number[] = [];
  for (let slot = list.tail; slot !== -1; slot = table.previous.get(slot)) backwards.unshift(slot);
  expect(backwards).toEqual(forwards);
  expect(list.size).toBe(forwards.length);
  return forwards;
}

const steps = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("append" as const) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("insert" as const), pick: fc.nat() }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("remove" as const), pick: fc.nat() }) },
  ),
  { maxLength: 200, size: "max" },
);

describe("a list of messages", () => {
  it("keeps the order that an array by turn has, whatever is put in and taken out", () => {
    fc.assert(
      fc.property(steps, (path) => {
        const table = createMessageTable();
        const list = createSlotList();
        const model: number[] = [];
        const out: number[] = [];
        let lastTurn = 0;
        for (const step of path) {
          if (step.kind === "append") {
            const slot = table.allot();
            table.turn.set(slot, ++lastTurn);
            append(table, list, slot);
            model.push(slot);
          } else if (step.kind === "insert" && out.length > 0) {
            const [slot] = out.splice(step.pick % out.length, 1);
            insertByTurn(table, list, slot!);
            model.push(slot!);
            model.sort((a, b) => table.turn.get(a) - table.turn.get(b));
          } else if (step.kind === "remove" && model.length > 0) {
            const [slot] = model.splice(step.pick % model.length, 1);
            remove(table, list, slot!);
            out.push(slot!);
          }
          expect(read(table, list)).toEqual(model);
        }
      }),
    );
  });

  it("takes thousands back that went out together in about as many steps, in whatever order", () => {
    const table = createMessageTable();
    const list = createSlotList();
    const count = 5000;
    for (let turn = 1; turn <= count; turn++) {
      const slot = table.allot();
      table.turn.set(slot, turn);
      append(table, list, slot);
    }
    const slots = read(table, list);
    for (const order of [slots, [...slots].reverse()]) {
      for (const slot of slots) remove(table, list, slot);
      let reads = 0;
      const counted: MessageTable = {
        ...table,
        turn: {
          get(slot) {
            reads++;
            return table.turn.get(slot);
          },
          set: table.turn.set,
        },
      };
      for (const slot of order) insertByTurn(counted, list, slot);
      expect(read(table, list)).toEqual(slots);
      expect(reads).toBeLessThan(5 * count);
    }
  });
});
