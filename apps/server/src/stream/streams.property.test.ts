import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createModel } from "./model.kit.ts";
import { createStage, type Peer } from "./streams.kit.ts";

const applications = ["a", "b", "c"] as const;
const who = fc.constantFrom(...applications);
/** Of an open stream if the number fits one, else of none. */
const pick = fc.nat(5);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("join" as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave" as const), who }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("open" as const),
      who,
      id: fc.nat(3),
      to: who,
      end: fc.boolean(),
      credit: fc.nat(3),
      deadlineMs: fc.constantFrom(0, 0, 40),
      waitMs: fc.constantFrom(0, 30, 60),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("via" as const), who, id: fc.nat(3), pick }) },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("send" as const),
      who,
      pick,
      end: fc.boolean(),
      size: fc.integer({ min: 1, max: 120 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("credit" as const), who, pick, n: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("abort" as const), who, pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.constantFrom(10, 20, 50) }) },
);

describe("streams", () => {
  it("do what a plain model says, whatever is sent in whatever order", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: "max" }), (steps) => {
        const stage = createStage();
        const model = createModel();
        const peers = new Map<string, Peer>();
        for (const act of steps) {
          if (act.kind === "pass") {
            // Both clocks in steps of the wheel's, whose deadlines are due one tick late.
            for (let ms = 0; ms < act.ms; ms += 10) {
              stage.clock.advance(10);
              model.advance(10);
            }
          } else {
            const peer = peers.get(act.who);
            if (act.kind === "join") {
              if (peer !== undefined) continue;
              model.join(act.who);
              peers.set(act.who, stage.join(act.who));
            } else if (peer === undefined) continue;
            else if (act.kind === "leave") {
              peers.delete(act.who);
              stage.leave(peer);
              model.leave(act.who);
            } else if (act.kind === "open") {
              expect(stage.open(peer, act.id, act.to, act)).toBe(model.open(act.who, act.id, act.to, act));
            } else if (act.kind === "via") {
              const via = model.idOf(act.who, act.pick);
              expect(stage.open(peer, act.id, via)).toBe(model.open(act.who, act.id, via, {}));
            } else {
              const id = model.idOf(act.who, act.pick);
              if (act.kind === "send") {
                stage.send(peer, id, "1", act.end, act.size);
                model.send(act.who, id, act.end, act.size);
              } else if (act.kind === "credit") {
                stage.streams.credit(peer.client, id, act.n);
                model.credit(act.who, id, act.n);
              } else {
                stage.abort(peer, id);
                model.abort(act.who, id);
              }
            }
          }
          for (const [name, peer] of peers) expect([name, stage.read(peer)]).toEqual([name, model.read(name)]);
        }
        for (const [name, peer] of peers) {
          peers.delete(name);
          stage.leave(peer);
        }
      }),
      { numRuns: 400 },
    );
  });
});
