import { describe, expect, it } from "vitest";
import { stageExchange } from "./exchange.kit.ts";

const tooLarge = { code: "client/invalid-value", message: expect.stringContaining("10 bytes") };

describe("a frame that is larger than the server takes", () => {
  it("is refused by itself, text by its bytes, and the connection stands", () => {
    const stage = stageExchange();
    const link = stage.connect(["receipt"], 10);
    const refused = ["a".repeat(11), "é".repeat(6), "€€€€", "😀😀😀"].map((data) => stage.post(data));
    const bytes = stage.post("bytes", { data: new Uint8Array(11) });
    for (const item of [...refused, bytes])
      expect([item.error, item.outcomes]).toEqual([expect.objectContaining(tooLarge), 1]);
    expect(link.written).toEqual([]);
    expect(stage.platform.timers).toBe(0);
  });

  it("is not one that just fits", () => {
    const stage = stageExchange();
    const link = stage.connect(["receipt"], 10);
    const fits = ["a".repeat(10), "é".repeat(5), "€€€a", "😀😀aa"];
    for (const data of fits) expect(stage.post(data).outcomes).toBe(0);
    expect(stage.post("bytes", { data: new Uint8Array(10) }).outcomes).toBe(0);
    expect(link.written).toEqual([...fits, new Uint8Array(10)]);
  });

  it("is found out once it could be sent, and what waited behind it leaves", () => {
    const stage = stageExchange();
    const [large, small] = [stage.post("a".repeat(11)), stage.post("b")];
    expect(large.outcomes).toBe(0);
    expect(stage.connect(["receipt"], 10).written).toEqual(["b"]);
    expect(large.error).toMatchObject(tooLarge);
    expect(small.outcomes).toBe(0);
  });
});
