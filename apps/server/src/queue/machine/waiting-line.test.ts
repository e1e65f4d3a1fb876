import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createWaitingLine } from "./waiting-line.ts";

const consumer = fc.constantFrom("a", "b", "c", "d");
const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("ask" as const), consumer, count: fc.integer({ min: 1, max: 3 }) }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant("use" as const), willing: fc.subarray(["a", "b", "c", "d"]) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave" as const), consumer }) },
  ),
  { maxLength: 100, size: "max" },
);

describe("the line of requests", () => {
  it("serves as a list would that has an entry for each message asked for", () => {
    fc.assert(
      fc.property(steps, (path) => {
        const line = createWaitingLine<string>();
        let model: string[] = [];
        for (const step of path) {
          if (step.kind === "ask") {
            line.ask(step.consumer, step.count);
            for (let i = 0; i < step.count; i++) model.push(step.consumer);
          } else if (step.kind === "leave") {
            line.leave(step.consumer);
            model = model.filter((other) => other !== step.consumer);
          } else {
            const asked: string[] = [];
            const ticket = line.find((who) => {
              asked.push(who);
              return step.willing.includes(who);
            });
            expect(new Set(asked).size).toBe(asked.length);
            const at = model.findIndex((who) => step.willing.includes(who));
            expect(ticket?.consumer).toBe(model[at]);
            if (ticket !== null) {
              expect(line.firstOf(ticket.consumer)).toBe(ticket);
              line.use(ticket);
              model.splice(at, 1);
            }
          }
          expect(line.open).toBe(model.length);
          for (const who of ["a", "b", "c", "d"]) {
            expect(line.openOf(who)).toBe(model.filter((other) => other === who).length);
          }
          expect([...line.consumers()].sort()).toEqual([...new Set(model)].sort());
        }
      }),
    );
  });

  it("numbers the requests of several consumers as they come, and joins what one asks in a row", () => {
    const line = createWaitingLine<string>();
    line.ask("a", 1);
    line.ask("a", 2);
    line.ask("b", 1);
    line.ask("a", 1);
    expect(line.firstOf("a").open).toBe(3);
    expect(line.firstOf("a").number).toBeLessThan(line.firstOf("b").number);
    line.leave("a");
    expect(line.find(() => true)?.consumer).toBe("b");
    line.ask("b", 1);
    expect(line.openOf("b")).toBe(2);
  });

  it("does not add to a request that has been served or taken back", () => {
    const line = createWaitingLine<string>();
    line.ask("a", 1);
    line.use(line.firstOf("a"));
    line.ask("a", 2);
    line.leave("a");
    line.ask("a", 1);
    expect([line.open, line.firstOf("a").open]).toEqual([1, 1]);
  });
});
