import { describe, expect, it } from "vitest";
import { createQueueCommands } from "./queue-commands.kit.ts";
import { commands } from "./table.ts";

const least = { queue: "q", target: {}, payload: 1 };
const invalid = (field: string) => ({
  kind: "refusal",
  code: "dispatch/invalid",
  extraInfo: { at: `/d/${field}`, message: expect.stringContaining(field) },
});

describe("QUEUE", () => {
  it("hands a message on with its parts as they came, and what is usual where nothing is said", () => {
    const { run, pushes } = createQueueCommands();
    expect(run("QUEUE", { ...least, nonce: "n", headers: { a: "b" }, id: null, priority: null })).toBe(null);
    expect(pushes[0]!.push).toMatchObject({
      queue: "q",
      target: "{}",
      payload: "1",
      nonce: '"n"',
      headers: '{"a":"b"}',
    });
    expect(pushes[0]!.push).toMatchObject({ id: null, delayMs: 0, ttlMs: 0, priority: 4, maxAttempts: null });
  });

  it("takes more from clients of queue2, and nothing of it from others", () => {
    const more = { id: "x", delay_ms: 5, ttl_ms: 6, priority: 9, max_attempts: 65_535 };
    const { run, pushes } = createQueueCommands();
    run("QUEUE", { ...least, ...more });
    expect(pushes[0]!.push).toMatchObject({ id: "x", delayMs: 5, ttlMs: 6, priority: 9, maxAttempts: 65_535 });
    const v1 = createQueueCommands([]);
    expect(v1.run("QUEUE", { ...least, ...more, priority: "nonsense" })).toBe(null);
    expect(v1.pushes[0]!.push).toMatchObject({ id: null, delayMs: 0, ttlMs: 0, priority: 4, maxAttempts: null });
  });

  it.each<[string, object]>([
    ["queue", { queue: "" }],
    ["queue", { queue: 7 }],
    ["queue", { queue: "$topic/g" }],
    ["queue", { queue: "x".repeat(257) }],
    ["queue", { queue: "ä".repeat(129) }],
    ["headers", { headers: { a: 1 } }],
    ["headers", { headers: "a" }],
    ["id", { id: "" }],
    ["id", { id: 7 }],
    ["id", { id: "x".repeat(257) }],
    ["delay_ms", { delay_ms: -1 }],
    ["delay_ms", { delay_ms: 31_536_000_001 }],
    ["delay_ms", { delay_ms: 1.5 }],
    ["ttl_ms", { ttl_ms: 0 }],
    ["ttl_ms", { ttl_ms: "1" }],
    ["priority", { priority: 10 }],
    ["priority", { priority: true }],
    ["max_attempts", { max_attempts: 0 }],
    ["max_attempts", { max_attempts: 65_536 }],
  ])("says that %s is wrong in %j", (field, wrong) => {
    const { run, pushes } = createQueueCommands();
    expect(run("QUEUE", { ...least, ...wrong })).toEqual(invalid(field));
    expect(pushes).toEqual([]);
  });

  it.each(["queue", "target", "payload"])("says that %s is missing", (field) => {
    const { run } = createQueueCommands();
    expect(run("QUEUE", { ...least, [field]: undefined })).toEqual(invalid(field));
  });

  it("says what d is where it is no map", () => {
    const { run } = createQueueCommands();
    expect(run("QUEUE", [1])).toMatchObject({ code: "dispatch/invalid", extraInfo: { at: "/d" } });
  });

  it("takes a name of 256 bytes, escapes and all", () => {
    const { run, pushes } = createQueueCommands();
    run("QUEUE", { ...least, queue: `${"x".repeat(252)}"\n\\ä`.slice(0, 255) });
    run("QUEUE", { ...least, queue: "ä".repeat(128) });
    expect(pushes.map(({ push }) => push.queue)).toEqual([`${"x".repeat(252)}"\n\\`, "ä".repeat(128)]);
  });

  it("confirms what is stored with the nonce as it was sent, null where there was none", () => {
    const { run, pushes, frames } = createQueueCommands([]);
    run("QUEUE", { ...least, nonce: { a: [1] } });
    run("QUEUE", least);
    for (const { settle } of pushes) settle({ ok: true, id: "1" });
    expect(frames()).toMatchObject([
      { op: 4, t: "QUEUE_CONFIRM", d: { queue: "q", id: "1", nonce: { a: [1] } } },
      { op: 4, t: "QUEUE_CONFIRM", d: { queue: "q", id: "1", nonce: null } },
    ]);
  });

  it("refuses what cannot be stored with op 3 and its nonce", () => {
    const { run, pushes, frames } = createQueueCommands();
    run("QUEUE", { ...least, nonce: "n" });
    run("QUEUE", { ...least, nonce: "x".repeat(2000) });
    for (const { settle } of pushes)
      settle({ ok: false, code: "queue/full", extraInfo: { limit: "messages", max: 1 } });
    const d = { code: "queue/full", error: "queue full", extra_info: { limit: "messages", max: 1 } };
    expect(frames()).toMatchObject([
      { op: 3, d: { ...d, nonce: "n" } },
      { op: 3, d },
    ]);
    expect(frames()[1]).not.toHaveProperty("d.nonce");
  });

  it("is not for restricted clients", () => {
    const events = [...commands.values()].filter(({ event }) => event.startsWith("QUEUE"));
    expect(events.map(({ allowRestricted }) => allowRestricted)).toEqual(events.map(() => false));
    expect(events.length).toBe(6);
  });
});
