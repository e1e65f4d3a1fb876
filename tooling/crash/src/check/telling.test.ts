import { describe, expect, it } from "vitest";
import type { HistoryEvent } from "../history/event.ts";
import { createTale, createTaleOfOne, type Tale } from "./tale.kit.ts";

/** A tale in which nothing is wrong. */
function createCalmTale(): Tale {
  const tale = createTaleOfOne();
  tale.deliver("ida", "m");
  tale.ack("ida", "m", "a1");
  tale.settle("ida", "a1");
  return tale;
}

describe("processes", () => {
  const exited = { event: "exited", run: 1, code: null, signal: null, errors: "", atMs: 0 } as const;

  it.each<[string, HistoryEvent[]]>([
    ["a server that ends by itself", [{ ...exited, code: 1, errors: "singyeong: ENOSPC" }]],
    ["a server that a fault of its own kills", [{ ...exited, signal: "SIGBUS" }]],
    ["a server that is killed and ends otherwise", [killing("load"), { ...exited, signal: "SIGSEGV" }]],
    [
      "a server that is stopped and fails",
      [
        { event: "stopping", run: 1, atMs: 0 },
        { ...exited, code: 1 },
      ],
    ],
    ["a server that never ends", []],
    [
      "a connection that the server closes",
      [{ event: "closed", connection: 1, atMs: 0 }, killing("load"), { ...exited, signal: "SIGKILL" }],
    ],
  ])("is broken by %s", async (_, events) => {
    const tale = createCalmTale();
    for (const event of events) tale.tell(event);
    tale.begin();
    tale.finish();
    expect(await tale.broken()).toEqual(["processes"]);
  });

  it("is broken by a server that never listens, unless it was killed before it could", async () => {
    for (const [during, broken] of [
      ["load", ["processes"]],
      ["recovery", []],
    ] as const) {
      const tale = createTale();
      tale.tell({ event: "spawned", run: 1, pid: 1, atMs: 0 });
      tale.tell(killing(during));
      tale.tell({ ...exited, signal: "SIGKILL" });
      tale.tell({ event: "drained", left: 0, atMs: 0 });
      tale.tell({ event: "end", atMs: 0 });
      expect(await tale.broken()).toEqual(broken);
    }
  });

  it("is broken by a history that breaks off", async () => {
    const tale = createCalmTale();
    tale.tell({ event: "drained", left: 0, atMs: 0 });
    tale.stop();
    expect(await tale.broken()).toEqual(["processes"]);
  });

  function killing(during: "load" | "recovery"): HistoryEvent {
    return { event: "killing", run: 1, during, atMs: 0 };
  }
});

describe("confirmed in order", () => {
  it("is broken by confirmations in another order than that of the pushes", async () => {
    const tale = createTale();
    tale.begin();
    tale.push(1);
    tale.push(2);
    tale.confirm(2, "n");
    tale.confirm(1, "m");
    for (const message of ["m", "n"]) {
      tale.deliver("ida", message);
      tale.ack("ida", message);
    }
    tale.finish();
    expect(await tale.broken()).toEqual(["confirmed in order"]);
  });
});

describe("enough", () => {
  it.each(["confirmations", "deliveries", "settledAcks"])("is broken by too few %s", async (name) => {
    const tale = createCalmTale();
    tale.finish();
    expect(await tale.broken({ [name]: 1 })).toEqual([]);
    expect(await tale.broken({ [name]: 2 })).toEqual(["enough"]);
  });

  it.each(["againAfterRestart", "killsDuringRecovery", "killsUnderLoad"])(
    "is broken where there are no %s",
    async (name) => {
      const tale = createCalmTale();
      tale.finish();
      expect(await tale.broken({ [name]: 1 })).toEqual(["enough"]);
    },
  );

  it("is broken by a history that requires nothing, or what is not counted", async () => {
    const tale = createCalmTale();
    tale.finish();
    expect(await tale.broken({})).toEqual(["enough"]);
    expect(await tale.broken({ anything: 1 })).toEqual(["enough"]);
  });
});

describe("a history", () => {
  it.each<[string, HistoryEvent]>([
    ["a confirmation of what was never pushed", { event: "confirmed", push: 9, message: "x", ts: 0 }],
    ["a second answer to one push", { event: "refused", push: 1, code: "queue/full", ts: 0 }],
    ["a second answer to one acknowledgement", { event: "settled", connection: 2, nonce: "a1", ts: 0 }],
    [
      "a delivery to nobody",
      { event: "delivered", connection: 9, queue: "q", message: "x", attempt: 1, content: 1, digest: "", ts: 0 },
    ],
    ["a run out of nowhere", { event: "killing", run: 9, during: "load", atMs: 0 }],
  ])("may not tell of %s", async (_, event) => {
    const tale = createCalmTale();
    tale.tell(event);
    tale.finish();
    expect(await tale.broken()).toEqual(["history"]);
  });
});
