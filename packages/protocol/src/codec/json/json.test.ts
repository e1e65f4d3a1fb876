import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Value, Whole } from "../../value.ts";
import { type Frame, isFault } from "../codec.ts";
import { jsonCodec } from "./index.ts";
import { checkJson } from "./scan.ts";

const limits = { maxDepth: 128 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(text: string): Frame {
  const frame = jsonCodec.readFrame(bytes(text), limits);
  if (isFault(frame)) throw new Error(`${frame.fault}: ${frame.message}`);
  return frame;
}

const accepts = (text: string): boolean => checkJson(bytes(text), { maxDepth: 1000 }) === null;

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("reading a JSON frame", () => {
  it("finds op, t and the fields of d in any order", () => {
    const frame = read(
      ' { "d" : {"nonce":"n","payload":[1, {"target":2}],"target":{"application":"a"}} , "t":"SEND","op":4}',
    );
    expect(frame.op).toBe(4);
    expect(frame.t).toBe("SEND");
    expect(frame.field("payload")).toBe('[1, {"target":2}]');
    expect(frame.field("nonce")).toBe('"n"');
    expect(frame.field("target")).toBe('{"application":"a"}');
    expect(frame.field("headers")).toBeUndefined();
  });

  it("takes the last of repeated keys, and escaped keys for what they stand for", () => {
    const frame = read('{"op":1,"op":4,"\\u0064":{"payload":1,"pay\\u006coad":2},"\\u0074":"S\\u0045ND"}');
    expect(frame.op).toBe(4);
    expect(frame.t).toBe("SEND");
    expect(frame.field("payload")).toBe("2");
  });

  it("finds a nonce beside t, apart from one in d", () => {
    const frame = read('{"nonce": [1,"é"] ,"op":4,"t":"SEND","d":{"nonce":"inner"}}');
    expect([frame.nonce, frame.field("nonce")]).toEqual(['[1,"é"]', '"inner"']);
    expect(read('{"nonce":1,"n\\u006fnce":2,"nonces":3,"nonc":4,"NONCE":5}').nonce).toBe("2");
    expect(read('{"nonce":null}').nonce).toBe("null");
    expect(read('{"op":4,"d":{"nonce":1}}').nonce).toBeUndefined();
  });

  it("reads null for an op or t of another type", () => {
    for (const op of ['"4"', "4.5", "null", "{}", "1e99", "[]", "true"])
      expect(read(`{"op":${op},"t":3}`).op).toBeNull();
    expect(read('{"op":5}').t).toBeNull();
    expect(read('{"op":-12}').op).toBe(-12);
  });

  it("forgets the frame before", () => {
    read('{"op":4,"t":"SEND","d":{"nonce":1},"nonce":2}');
    const frame = read('{"op":5}');
    expect([frame.op, frame.t, frame.d, frame.nonce, frame.hasFields, frame.field("nonce")]).toEqual([
      5,
      null,
      undefined,
      undefined,
      false,
      undefined,
    ]);
  });

  it("names the place where text stops being JSON", () => {
    expect(jsonCodec.readFrame(bytes('{"op":'), limits)).toEqual({
      fault: "malformed",
      message: "unexpected end of input at position 6",
      at: 6,
    });
    expect(jsonCodec.readFrame(bytes('{"op":4}x'), limits)).toMatchObject({ fault: "malformed", at: 8 });
    expect(jsonCodec.readFrame(bytes("[1]"), limits)).toMatchObject({ fault: "not-a-map" });
    expect(jsonCodec.readFrame(bytes("[1"), limits)).toMatchObject({ fault: "malformed" });
    expect(jsonCodec.readFrame(bytes(""), limits)).toMatchObject({ fault: "malformed", at: 0 });
    expect(jsonCodec.readFrame(new Uint8Array(2), limits)).toMatchObject({ fault: "malformed", at: 0 });
    expect(jsonCodec.readFrame(bytes('{"op":é}'), limits)).toMatchObject({
      message: "unexpected character 0xc3 at position 6",
    });
  });

  it("refuses nesting beyond the limit, the frame counted as one level", () => {
    const nested = (levels: number) => `{"d":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    expect(isFault(jsonCodec.readFrame(bytes(nested(127)), limits))).toBe(false);
    expect(jsonCodec.readFrame(bytes(nested(128)), limits)).toMatchObject({ fault: "too-deep", at: 5 + 127 });
    expect(jsonCodec.readFrame(bytes("[".repeat(1 << 20)), limits)).toMatchObject({ fault: "too-deep" });
    expect(jsonCodec.readFrame(bytes(`{"d":{"a":${"[".repeat(1 << 20)}`), limits)).toMatchObject({ fault: "too-deep" });
  });

  it("looks at every byte of long strings, wherever they begin and whatever stands where in them", () => {
    const odd = [
      "a",
      "é",
      "한",
      "\u0000",
      "\u001f",
      " ",
      "!",
      '"',
      "#",
      "[",
      "\\",
      "\\\\",
      "]",
      "\u007f",
      "\u0080",
      "\ud7ff",
    ];
    for (const unit of odd) {
      for (let before = 0; before < 60; before++) {
        for (let shift = 0; shift < 4; shift++) {
          const text = `{"op":4,${" ".repeat(shift)}"d":"${"x".repeat(before)}${unit}${"y".repeat(60 - before)}"}`;
          expect([text, accepts(text)]).toEqual([text, parses(text)]);
        }
      }
    }
  });

  it("accepts exactly what JSON.parse accepts", () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1e9);
    const alphabet = fc.constantFrom(...'{}[]:,"\\u0eE+-.19tfn aruels\n\u0001é');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.array(alphabet, { maxLength: 12 }).map((c) => c.join("")),
        ),
        (text) => {
          expect(accepts(text), JSON.stringify(text)).toBe(parses(text));
        },
      ),
      { seed, numRuns: 20_000 },
    );
    fc.assert(
      fc.property(fc.json(), fc.nat(), alphabet, (text, at, c) => {
        const broken = text.slice(0, at % text.length) + c + text.slice((at % text.length) + 1);
        expect(accepts(broken.trim()), JSON.stringify(broken)).toBe(parses(broken.trim()));
      }),
      { seed, numRuns: 20_000 },
    );
  });
});

describe("JSON values", () => {
  it("keeps every digit of integers beyond 2^53", () => {
    expect(jsonCodec.decode("[9007199254740993,-9223372036854775808,1,1e20]")).toEqual([
      9007199254740993n,
      -9223372036854775808n,
      1,
      1e20,
    ]);
    expect(jsonCodec.encode([9007199254740993n, 5])).toBe("[9007199254740993,5]");
    expect(jsonCodec.decode('"1234567890123456789"')).toBe("1234567890123456789");
    for (const text of [
      "9007199254740993",
      "-9007199254740993",
      " 9007199254740993",
      "[9007199254740993]",
      "[1,9007199254740993]",
      '{"a":9007199254740993}',
      '{"a" : -9007199254740993}',
      "[\n9007199254740993\n]",
      '["9007199254740993",9007199254740993]',
    ]) {
      expect(jsonCodec.encode(jsonCodec.decode(text)), text).toBe(text.replace(/\s/g, ""));
    }
  });

  it("hands integers too long to read on as text, and lets nobody store them", () => {
    const long = `[${"9".repeat(1025)}]`;
    expect(jsonCodec.decode(long)).toEqual([Number.POSITIVE_INFINITY]);
    expect(jsonCodec.decodeExact(long)).toEqual(["9".repeat(1025)]);
    expect(jsonCodec.decode(`[${"9".repeat(1024)}]`)).toEqual([BigInt("9".repeat(1024))]);
  });

  it("keeps floats without fraction apart when exact", () => {
    const exact = jsonCodec.decodeExact("[50.0,50,-0.0,1e30,0.5,1e400]") as Value[];
    expect(exact).toEqual([new Whole(50), 50, new Whole(-0), new Whole(1e30), 0.5, Number.POSITIVE_INFINITY]);
    expect(jsonCodec.encode(exact)).toBe("[50.0,50,-0.0,1e+30,0.5,null]");
  });

  it("writes bytes as base64, Buffers too", () => {
    expect(jsonCodec.encode({ a: new Uint8Array([255, 0]) })).toBe('{"a":{"$base64":"/wA="}}');
    expect(jsonCodec.encode([Buffer.from("hi")])).toBe('[{"$base64":"aGk="}]');
  });

  it("treats __proto__ as a plain key", () => {
    const value = jsonCodec.decode('{"__proto__":{"polluted":9007199254740993},"constructor":1}');
    expect(Object.keys(value as object)).toEqual(["__proto__", "constructor"]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(jsonCodec.encode(value)).toBe('{"__proto__":{"polluted":9007199254740993},"constructor":1}');
  });

  it("embeds a raw value behind plain fields, and ones that take more than JSON.stringify", () => {
    const flat = jsonCodec.embed({ queue: 'a"\ud800', attempt: 1 }, "payload", ' { "a":50.0 }');
    expect(flat).toBe('{"queue":"a\\"\\ud800","attempt":1,"payload": { "a":50.0 }}');
    const other = { big: 9007199254740993n, whole: new Whole(2), bytes: Buffer.from("hi"), inner: [null, true] };
    expect(jsonCodec.embed(other, 'k"', "1")).toBe(
      '{"big":9007199254740993,"whole":2.0,"bytes":{"$base64":"aGk="},"inner":[null,true],"k\\"":1}',
    );
    expect(jsonCodec.embed({ not: Number.NaN, zero: -0 }, "k", "1")).toBe('{"not":null,"zero":0,"k":1}');
  });

  it("splices a dispatch of the server's own from a raw d", () => {
    const frame = jsonCodec.encodeDispatch('A"B', '{"id":50.0}', 7);
    expect(frame).toBe('{"op":4,"d":{"id":50.0},"ts":7,"t":"A\\"B"}');
  });

  it("splices a delivery from raw parts", () => {
    const frame = jsonCodec.encodeDelivery("SEND", { nonce: undefined, payload: "50.0" }, 7);
    expect(frame).toBe('{"op":4,"d":{"nonce":null,"payload":50.0,"target":null},"ts":7,"t":"SEND"}');
    const named = jsonCodec.encodeDelivery('A"B', { nonce: undefined, payload: "1" }, 7) as string;
    expect(JSON.parse(named).t).toBe('A"B');
    const headed = jsonCodec.encodeDelivery("SEND", { nonce: '"n"', payload: "1", headers: '{"a":"b"}' }, 8);
    expect(JSON.parse(headed as string)).toEqual({
      op: 4,
      d: { nonce: "n", payload: 1, target: null, headers: { a: "b" } },
      ts: 8,
      t: "SEND",
    });
  });
});
