import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RecordedItem, stageExchange } from "./exchange.kit.ts";

const codes = (items: readonly RecordedItem[]) => items.map(({ error }) => error?.code ?? null);
const full = "client/outbox-full";

describe("what is sent while no connection stands", () => {
  it("waits, and leaves in order once one does", () => {
    const stage = stageExchange();
    const items = ["a", "b", "c"].map((data) => stage.post(data));
    expect(codes(items)).toEqual([null, null, null]);
    const link = stage.connect();
    expect(link.written).toEqual(["a", "b", "c"]);
    stage.post("d");
    expect(link.written).toEqual(["a", "b", "c", "d"]);
  });

  it("is not settled by waiting, whatever it awaits", () => {
    const stage = stageExchange();
    const item = stage.post("a", { awaits: "write", nonce: null });
    expect(item.outcomes).toBe(0);
    stage.connect();
    expect([item.answer, item.outcomes]).toEqual([null, 1]);
  });

  it("is given up once it has waited too long, each by itself, and is never sent", () => {
    const stage = stageExchange({ maxAgeMs: 1000 });
    const old = stage.post("old");
    stage.platform.step(600);
    const young = stage.post("young");
    stage.platform.step(400);
    expect(codes([old, young])).toEqual(["client/timeout", null]);
    expect(stage.connect().written).toEqual(["young"]);
  });

  it("waits for as long as it takes where no age is set", () => {
    const stage = stageExchange({ maxAgeMs: Number.POSITIVE_INFINITY });
    const item = stage.post("a");
    stage.platform.step(1e12);
    expect(item.outcomes).toBe(0);
    expect(stage.platform.timers).toBe(0);
  });

  it("is refused past the number of messages, and taken again when one has left", () => {
    const stage = stageExchange({ maxMessages: 2, maxAgeMs: 1000 });
    const items = ["a", "b", "c"].map((data) => stage.post(data));
    expect(codes(items)).toEqual([null, null, full]);
    expect(items[2]!.error).toMatchObject({ retry: "later" });
    expect(stage.dropped).toBe(0);
    stage.platform.step(1000);
    expect(codes([stage.post("d")])).toEqual([null]);
  });

  it("is refused past the number of bytes, in text as in bytes", () => {
    const stage = stageExchange({ maxBytes: 10 });
    const items = [stage.post("1234567"), stage.post("1234"), stage.post("123")];
    expect(codes(items)).toEqual([null, full, null]);
    const binary = stageExchange({ maxBytes: 10 });
    const bytes = [8, 3, 2].map((size, i) => binary.post(`${i}`, { data: new Uint8Array(size) }));
    expect(codes(bytes)).toEqual([null, full, null]);
  });

  it("takes the place of the oldest where that is the policy, and says how many it cost", () => {
    const stage = stageExchange({ maxMessages: 2, whenFull: "drop-oldest" });
    const items = ["a", "b", "c", "d"].map((data) => stage.post(data));
    expect(codes(items)).toEqual([full, full, null, null]);
    expect(stage.dropped).toBe(2);
    expect(stage.connect().written).toEqual(["c", "d"]);
  });

  it("takes the place of as many as its bytes need, and of no more", () => {
    const stage = stageExchange({ maxBytes: 10, whenFull: "drop-oldest" });
    const items = ["aaaa", "bbb", "ccc", "ddddd"].map((data) => stage.post(data));
    expect(codes(items)).toEqual([full, full, null, null]);
    expect(stage.dropped).toBe(2);
  });

  it("is refused for good where it alone is too large for the outbox, and nobody is dropped for it", () => {
    const stage = stageExchange({ maxBytes: 10, whenFull: "drop-oldest" });
    const items = [stage.post("a"), stage.post("x".repeat(11)), stage.post("y".repeat(9))];
    expect(codes(items)).toEqual([null, "client/invalid-value", null]);
    expect(items[1]!.error).toMatchObject({ retry: "never", message: expect.stringContaining("10 bytes") });
    expect(stage.dropped).toBe(0);
  });

  it("keeps to the bounds with what is to be sent again", () => {
    const stage = stageExchange({ maxMessages: 1 });
    stage.connect();
    const query = { awaits: "answer", repeatable: true } as const;
    const items = [stage.post("a", query), stage.post("b", query)];
    stage.cut();
    expect(codes(items)).toEqual([null, full]);
  });

  it("never keeps more than the bounds, and always the newest or the oldest by the policy", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 30 });
    const bounds = fc.record({
      maxMessages: fc.integer({ min: 1, max: 6 }),
      maxBytes: fc.integer({ min: 6, max: 20 }),
      whenFull: fc.constantFrom("reject" as const, "drop-oldest" as const),
    });
    fc.assert(
      fc.property(sizes, bounds, (path, { maxMessages, maxBytes, whenFull }) => {
        const stage = stageExchange({ maxMessages, maxBytes, whenFull });
        let kept: string[] = [];
        const fits = (data: readonly string[]) => data.length <= maxMessages && data.join("").length <= maxBytes;
        path.forEach((size, i) => {
          const data = String.fromCharCode(97 + i).repeat(size);
          stage.post(data);
          if (whenFull === "drop-oldest") while (!fits([...kept, data])) kept = kept.slice(1);
          if (fits([...kept, data])) kept = [...kept, data];
        });
        expect(stage.connect().written).toEqual(kept);
      }),
    );
  });
});
