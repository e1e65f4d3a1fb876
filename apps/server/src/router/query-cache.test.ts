import { type Codec, etfCodec, jsonCodec, msgpackCodec, type Raw } from "@singyeong/protocol/codec";
import { describe, expect, it } from "vitest";
import { createQueryCache as createCache } from "./query-cache.ts";

/** A cache that is asked by whoever has no namespace. */
function createQueryCache() {
  const cache = createCache();
  return { compile: (codec: Codec, raw: Raw) => cache.compile(codec, raw, null) };
}

const query = (value: unknown): string =>
  JSON.stringify({ application: "a", ops: [{ path: "/x", op: "$eq", to: { value } }] });

describe("the query cache", () => {
  it("compiles the same text once", () => {
    const cache = createQueryCache();
    const first = cache.compile(jsonCodec, query(1));
    expect(first.ok).toBe(true);
    expect(cache.compile(jsonCodec, query(1))).toBe(first);
    expect(cache.compile(jsonCodec, query(2))).not.toBe(first);
  });

  it("compiles the same bytes once, apart per codec", () => {
    const cache = createQueryCache();
    for (const codec of [msgpackCodec, etfCodec]) {
      const raw = codec.encode({ application: "a" });
      const first = cache.compile(codec, raw);
      expect(cache.compile(codec, (raw as Uint8Array).slice())).toBe(first);
    }
    const bytes = msgpackCodec.encode({ application: "é" }) as Uint8Array;
    expect(cache.compile(msgpackCodec, bytes)).not.toBe(
      cache.compile(msgpackCodec, msgpackCodec.encode({ application: "e" })),
    );
  });

  it("does not keep what is invalid or long", () => {
    const cache = createQueryCache();
    const compileTwice = (raw: Raw) => [cache.compile(jsonCodec, raw), cache.compile(jsonCodec, raw)] as const;
    const [bad, again] = compileTwice('{"ops":1}');
    expect(bad).toEqual(again);
    expect(bad).not.toBe(again);
    const [long, longer] = compileTwice(query("x".repeat(10_000)));
    expect(long.ok && longer.ok && long !== longer).toBe(true);
  });

  it("forgets what has not been used for two generations, and keeps what has", () => {
    const cache = createQueryCache();
    const used = cache.compile(jsonCodec, query("used"));
    const unused = cache.compile(jsonCodec, query("unused"));
    for (let i = 0; i < 20_000; i++) {
      cache.compile(jsonCodec, query(i));
      expect(cache.compile(jsonCodec, query("used"))).toBe(used);
    }
    expect(cache.compile(jsonCodec, query("unused"))).not.toBe(unused);
  });

  it("keeps the queries of each namespace apart, in one bounded place", () => {
    const cache = createCache();
    const compile = (namespace: string | null, raw: string | Uint8Array = query(1), codec: Codec = jsonCodec) => {
      const compiled = cache.compile(codec, raw, namespace);
      if (!compiled.ok) throw new Error(compiled.message);
      return compiled.query;
    };
    expect(compile("one")).toBe(compile("one"));
    expect([compile(null).namespace, compile("one").namespace, compile("two").namespace]).toEqual([null, "one", "two"]);
    expect(compile("1 ", "{}").namespace).toBe("1 ");
    expect(compile("one", msgpackCodec.encode({}), msgpackCodec)).not.toBe(compile("one", "{}"));
    expect(compile("one", query("x".repeat(10_000))).namespace).toBe("one");
    const used = compile("one");
    for (let i = 0; i < 40_000; i++) compile(`tenant ${i}`);
    expect(compile("one")).not.toBe(used);
  });
});
