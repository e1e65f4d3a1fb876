import { describe, expect, it } from "vitest";
import { createBodyCache } from "./body-cache.ts";

const body = (size: number): Uint8Array => new Uint8Array(size);

describe("the cache of bodies", () => {
  it("hands each body out once", () => {
    const cache = createBodyCache(10_000);
    const kept = body(10);
    cache.add(1, kept);
    expect(cache.take(1)).toBe(kept);
    expect(cache.take(1)).toBeUndefined();
    expect(cache.take(2)).toBeUndefined();
  });

  it("takes what fits, leaves the rest to the store, and has room again as bodies go", () => {
    const cache = createBodyCache(3000);
    cache.add(1, body(1000));
    cache.add(2, body(1000));
    cache.add(3, body(1000));
    expect(cache.take(3)).toBeUndefined();
    cache.drop(1);
    cache.drop(1);
    cache.add(4, body(1000));
    cache.add(5, body(1000));
    expect(cache.take(2)?.byteLength).toBe(1000);
    expect(cache.take(4)?.byteLength).toBe(1000);
    expect(cache.take(5)).toBeUndefined();
  });

  it("counts what keeping takes, so that tiny bodies are bounded too", () => {
    const cache = createBodyCache(10_000);
    for (let seq = 0; seq < 1000; seq++) cache.add(seq, body(1));
    const kept = Array.from({ length: 1000 }, (_, seq) => cache.take(seq)).filter((found) => found !== undefined);
    expect(kept.length).toBeGreaterThan(10);
    expect(kept.length).toBeLessThan(100);
  });
});
