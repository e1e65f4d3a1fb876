import { describe, expect, it } from "vitest";
import { createQueueCommands } from "./queue-commands.kit.ts";

describe("QUEUE_REQUEST", () => {
  it("asks for one message, or for as many as it says", () => {
    const { run, join, asked } = createQueueCommands([]);
    join();
    for (const count of [undefined, null, 1, 10_000]) expect(run("QUEUE_REQUEST", { queue: "q", count })).toBe(null);
    expect(asked.map(({ parameters }) => parameters)).toEqual([
      ["q", 1],
      ["q", 1],
      ["q", 1],
      ["q", 10_000],
    ]);
  });

  it.each([
    ["queue", { queue: null }],
    ["queue", { queue: "$topic/g" }],
    ["queue", {}],
    ["count", { queue: "q", count: 0 }],
    ["count", { queue: "q", count: 10_001 }],
    ["count", { queue: "q", count: "1" }],
    ["count", { queue: "q", count: 1.5 }],
  ])("says that %s is wrong in %j", (field, d) => {
    const { run, join, asked } = createQueueCommands();
    join();
    expect(run("QUEUE_REQUEST", d)).toMatchObject({ code: "dispatch/invalid", extraInfo: { at: `/d/${field}` } });
    expect(asked).toEqual([]);
  });

  it("is refused as the queues refuse it", () => {
    const { run, join, refuseWith } = createQueueCommands();
    join();
    refuseWith({ ok: false, code: "queue/too-many-requests", extraInfo: { open: 10_000 } });
    expect(run("QUEUE_REQUEST", { queue: "q" })).toEqual({
      kind: "refusal",
      code: "queue/too-many-requests",
      extraInfo: { open: 10_000 },
    });
  });

  it("is nothing from one that has said goodbye", () => {
    const { run, asked } = createQueueCommands();
    expect(run("QUEUE_REQUEST", { queue: "q" })).toBe(null);
    expect(asked).toEqual([]);
  });
});

describe("QUEUE_REQUEST_CANCEL", () => {
  it("takes the requests back", () => {
    const { run, asked } = createQueueCommands([]);
    expect(run("QUEUE_REQUEST_CANCEL", { queue: "q" })).toBe(null);
    expect(asked).toEqual([{ name: "cancel", parameters: ["q"] }]);
  });

  it("says that the queue is missing", () => {
    const { run } = createQueueCommands();
    expect(run("QUEUE_REQUEST_CANCEL", {})).toMatchObject({ code: "dispatch/invalid", extraInfo: { at: "/d/queue" } });
  });
});
