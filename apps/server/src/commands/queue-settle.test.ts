import { describe, expect, it } from "vitest";
import { createQueueCommands } from "./queue-commands.kit.ts";
import { commands } from "./table.ts";

const message = { queue: "q", id: "00000000001" };

describe("what a client says about a message that it holds", () => {
  it("is refused as the queues refuse it", () => {
    const { run, refuseWith } = createQueueCommands();
    const refused = { code: "queue/not-leased", extraInfo: message } as const;
    refuseWith({ ok: false, ...refused });
    for (const event of ["QUEUE_ACK", "QUEUE_NACK", "QUEUE_EXTEND"]) {
      expect(run(event, { ...message, ms: 5 })).toEqual({ kind: "refusal", ...refused });
    }
  });

  it.each(["QUEUE_ACK", "QUEUE_NACK", "QUEUE_EXTEND"])("names queue and id, in %s", (event) => {
    const { run, asked } = createQueueCommands();
    const at = (field: string) => ({ code: "dispatch/invalid", extraInfo: { at: `/d/${field}` } });
    expect(run(event, { id: "1", ms: 5 })).toMatchObject(at("queue"));
    for (const id of [undefined, 7, null, ""]) expect(run(event, { queue: "q", id, ms: 5 })).toMatchObject(at("id"));
    expect(asked).toEqual([]);
  });

  it("takes queue2 but for an acknowledgement", () => {
    expect(["QUEUE_ACK", "QUEUE_NACK", "QUEUE_EXTEND"].map((event) => commands.get(event)!.cap)).toEqual([
      undefined,
      "queue2",
      "queue2",
    ]);
  });

  it.each(["QUEUE_ACK", "QUEUE_NACK"])(
    "is answered once it is on disk where %s has a nonce, to clients of receipt",
    (event) => {
      const { run, settled, frames } = createQueueCommands();
      expect(run(event, message, "n")).toBe(null);
      expect(frames()).toEqual([]);
      settled[0]!();
      expect(frames()).toMatchObject([{ op: 4, t: "QUEUE_SETTLED", d: { ...message, nonce: "n" } }]);
      const v1 = createQueueCommands(["queue2"]);
      v1.run(event, message, "n");
      createQueueCommands().run(event, message);
      expect(v1.settled).toEqual([]);
    },
  );
});

describe("QUEUE_NACK", () => {
  it("says when the message comes again, or that it is dead", () => {
    const { run, asked } = createQueueCommands();
    for (const more of [{}, { delay_ms: null, dead: null }, { delay_ms: 0 }, { delay_ms: 7, dead: true }]) {
      expect(run("QUEUE_NACK", { ...message, ...more })).toBe(null);
    }
    expect(asked.map(({ parameters }) => parameters[2])).toEqual([
      { delayMs: null, dead: false },
      { delayMs: null, dead: false },
      { delayMs: 0, dead: false },
      { delayMs: 7, dead: true },
    ]);
  });

  it.each([
    ["delay_ms", { delay_ms: -1 }],
    ["delay_ms", { delay_ms: "1" }],
    ["dead", { dead: 1 }],
  ])("says that %s is wrong in %j", (field, more) => {
    const { run, asked } = createQueueCommands();
    expect(run("QUEUE_NACK", { ...message, ...more })).toMatchObject({ extraInfo: { at: `/d/${field}` } });
    expect(asked).toEqual([]);
  });
});

describe("QUEUE_EXTEND", () => {
  it("is answered where it has a nonce", () => {
    const { run, asked } = createQueueCommands();
    expect(run("QUEUE_EXTEND", { ...message, ms: 5 })).toBe(null);
    expect(asked).toEqual([{ name: "extend", parameters: ["q", message.id, 5] }]);
    expect(run("QUEUE_EXTEND", { ...message, ms: 5 }, "n")).toEqual({
      kind: "answer",
      event: "QUEUE_EXTENDED",
      d: { ...message, nonce: "n" },
    });
  });

  it.each([undefined, null, 0, -1, 1.5, "5", 31_536_000_001])("says that ms is wrong as %j", (ms) => {
    const { run, asked } = createQueueCommands();
    expect(run("QUEUE_EXTEND", { ...message, ms })).toMatchObject({
      code: "dispatch/invalid",
      extraInfo: { at: "/d/ms" },
    });
    expect(asked).toEqual([]);
  });
});
