import { jsonCodec } from "@singyeong/protocol/codec";
import { describe, expect, it } from "vitest";
import { parseMetadata } from "./metadata.ts";

const parse = (text: string) => parseMetadata(jsonCodec.decode(text));

describe("typed metadata", () => {
  it("is read by key, null meaning removal", () => {
    const parsed = parse(
      '{"n":{"type":"integer","value":9007199254740993},"gone":null,"f":{"type":"float","value":1}}',
    );
    expect(
      parsed.ok && [...parsed.changes].map(([key, attribute]) => [key, attribute?.type, attribute?.value]),
    ).toEqual([
      ["n", "integer", 9007199254740993n],
      ["gone", undefined, undefined],
      ["f", "float", 1],
    ]);
  });

  it("names every bad key in v1's sentences", () => {
    expect(
      parse(`{"a":{"type":"nope","value":1},"b":{"type":"integer","value":"x"},"ip":{"type":"string","value":"1.1.1.1"},
        "c":1,"d":{"value":1},"e":{"type":"version","value":"abc"},"ok":{"type":"string","value":""}}`),
    ).toEqual({
      ok: false,
      faults: {
        a: "a: type 'nope' doesn't exists",
        b: "b: value fails validation for 'integer'",
        ip: "ip: forbidden metadata key",
        c: 'c: expected {"type": …, "value": …} or null',
        d: 'd: expected {"type": …, "value": …} or null',
        e: "e: value fails validation for 'version'",
      },
    });
  });

  it("refuses integers beyond 64 bits with the advice to send a string", () => {
    const parsed = parse('{"n":{"type":"integer","value":9223372036854775808}}');
    expect(parsed).toMatchObject({ ok: false, faults: { n: expect.stringMatching(/^n: .*64 bits.*send it as text/) } });
  });

  it("takes __proto__ and constructor for plain keys", () => {
    const parsed = parse('{"__proto__":{"type":"string","value":"x"},"constructor":{"type":"list","value":[]}}');
    expect(parsed.ok && [...parsed.changes.keys()]).toEqual(["__proto__", "constructor"]);
    const faults = parse('{"__proto__":1}');
    expect(!faults.ok && Object.keys(faults.faults)).toEqual(["__proto__"]);
    expect(({} as { type?: unknown }).type).toBeUndefined();
  });

  it("has keys of at most 256 characters, and names a longer one by its beginning", () => {
    const key = "k".repeat(257);
    expect(parse(JSON.stringify({ [key]: { type: "integer", value: 1 } }))).toEqual({
      ok: false,
      faults: { [`${"k".repeat(256)}…`]: `${"k".repeat(256)}…: key longer than 256 characters` },
    });
    expect(parse(JSON.stringify({ [key.slice(1)]: { type: "integer", value: 1 } }))).toMatchObject({ ok: true });
  });

  it.each(["[]", "1", "null", '"x"'])("is a map, not %s", (text) => {
    expect(parse(text)).toMatchObject({ ok: false });
  });
});
