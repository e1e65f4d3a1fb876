import { describe, expect, test } from "vitest";
import { describeRobustness, limits, readFault, readOk, sampleValues } from "../robustness.kit.ts";
import { etfCodec as codec } from "./index.ts";
import { atom, bin, frameOf, HELLO, map, oldFloat } from "./terms.kit.ts";

describe("faults", () => {
  const x = atom("x");
  const faults: [string, number[] | Uint8Array, string, number][] = [
    ["an empty frame", [], "malformed", 0],
    ["another version", [130, 116, 0, 0, 0, 0], "malformed", 0],
    ["the version alone", [131], "malformed", 1],
    ["a list", [131, 106], "not-a-map", 1],
    ["a compressed term", [131, 80, 0, 0, 0, 9, 1, 2, 3], "unsupported-term", 1],
    ["a compressed term inside", frameOf(x, [80, 0, 0, 0, 9]), "unsupported-term", 10],
    ["a pid", frameOf(x, [103, ...atom("n"), ...new Array(9).fill(0)]), "unsupported-term", 10],
    ["a new pid", frameOf(x, [88, ...atom("n"), ...new Array(12).fill(0)]), "unsupported-term", 10],
    ["a reference", frameOf(x, [114, 0, 1, ...atom("n"), 0, 0, 0, 0, 0]), "unsupported-term", 10],
    ["a port", frameOf(x, [102, ...atom("n"), 0, 0, 0, 0, 0]), "unsupported-term", 10],
    ["a fun", frameOf(x, [112, 0, 0, 0, 4]), "unsupported-term", 10],
    ["an export", frameOf(x, [113, ...atom("m"), ...atom("f"), 97, 1]), "unsupported-term", 10],
    ["a bitstring", frameOf(x, [77, 0, 0, 0, 1, 3, 128]), "unsupported-term", 10],
    ["a pid as a key", frameOf([103, ...atom("n"), ...new Array(9).fill(0)], [97, 1]), "unsupported-term", 6],
    ["an integer of 1,025 bytes", frameOf(x, [111, 0, 0, 4, 1, 0, ...new Array(1025).fill(1)]), "unsupported-term", 10],
    ["an integer with an odd sign", frameOf(x, [110, 1, 2, 1]), "malformed", 12],
    ["an unknown tag", frameOf(x, [7]), "malformed", 10],
    ["a version byte inside", frameOf(x, [131, 106]), "malformed", 10],
    ["an improper list", frameOf(x, [108, 0, 0, 0, 1, 97, 1, 97, 2]), "malformed", 17],
    ["an integer as a key", frameOf([97, 1], [97, 1]), "malformed", 6],
    ["a list of bytes as a key", frameOf([107, 0, 1, 97], [97, 1]), "malformed", 6],
    ["a key that is no UTF-8", frameOf(x, map(bin([0xff]), [97, 1])), "malformed", 20],
    ["an atom that is no UTF-8", frameOf(x, [119, 1, 0xff]), "malformed", 12],
    ["an atom of 256 characters", frameOf(x, [100, 1, 0, ...new Array(256).fill(97)]), "malformed", 10],
    ["a float that is NaN", frameOf(x, [70, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0]), "malformed", 10],
    ["an old float that is no number", frameOf(x, oldFloat("0x10")), "malformed", 10],
    ["an old float beyond all floats", frameOf(x, oldFloat("1.0e999")), "malformed", 10],
  ];
  test.for(faults)("%s", ([, bytes, fault, at]) => {
    expect(readFault(codec, new Uint8Array(bytes))).toMatchObject({ fault, at });
  });

  test("255 characters are an atom, however many bytes they take", () => {
    readOk(codec, frameOf(atom("x"), [118, 1, 254, ...new Array(255).fill([0xc3, 0xa9]).flat()]));
    readOk(codec, frameOf(atom("x"), [111, 0, 0, 4, 0, 0, ...new Array(1024).fill(1)]));
  });

  test("messages say what was expected", () => {
    expect(readFault(codec, frameOf(atom("x"), [7])).message).toBe("7 starts no term");
    expect(readFault(codec, frameOf(atom("x"), [77])).message).toBe("BIT_BINARY_EXT (77) is no value");
  });
});

const odd = [
  [104, 2, 97, 1, ...atom("ok")],
  [105, 0, 0, 0, 1, 97, 1],
  [107, 0, 2, 1, 255],
  [115, 1, 0xe9],
  [118, 0, 2, 0xc3, 0xa9],
  [119, 2, 0xc3, 0xa9],
  oldFloat("1.50000000000000000000e+00"),
  [111, 0, 0, 0, 9, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  map(atom("a"), map(atom("b"), [104, 0]), bin("a"), bin([0xff])),
];
describeRobustness({
  codec,
  frames: [
    Buffer.from(HELLO, "base64"),
    ...Object.entries(sampleValues).map(([t, value]) => codec.encodeFrame(4, { payload: value }, 7, t) as Uint8Array),
    ...odd.map((term) => frameOf(atom("d"), map(atom("a"), term))),
  ],
  prefix: [131, 116, 0, 0, 0, 1, ...atom("d"), 116, 0, 0, 0, 1, ...atom("a")],
  heads: [0, 0, 1, 2, 70, 97, 98, 99, 100, 104, 105, 106, 107, 108, 109, 110, 111, 115, 116, 118, 119],
  nested: (levels, kind) => {
    const inner = levels - 2;
    const open = kind === "list" ? [108, 0, 0, 0, 1] : [116, 0, 0, 0, 1, ...atom("d")];
    const tails = kind === "list" ? new Array(inner).fill(106) : [];
    const middle = kind === "list" ? [106] : [116, 0, 0, 0, 0];
    return frameOf(atom("d"), [...new Array(inner).fill(open).flat(), ...middle, ...tails]);
  },
  lies: {
    "a map as the frame": [131, 116, 0xff, 0xff, 0xff, 0xff],
    "a map as d": [131, ...map(atom("d"), [116, 0xff, 0xff, 0xff, 0xff, 97, 1])],
    "a list inside": [131, ...map(atom("d"), [108, 0xff, 0xff, 0xff, 0xff, 97, 1, 106])],
    "a tuple": [131, ...map(atom("d"), [105, 0xff, 0xff, 0xff, 0xff, 97, 1])],
    "a binary": [131, ...map(atom("d"), [109, 0xff, 0xff, 0xff, 0xff, 97, 1])],
    "a list of bytes": [131, ...map(atom("d"), [107, 0xff, 0xff, 97, 1])],
    "an atom": [131, ...map(atom("d"), [118, 0xff, 0xff, 97, 1])],
    "an integer": [131, ...map(atom("d"), [110, 0xff, 0, 97, 1])],
    "a key": [131, 116, 0, 0, 0, 1, 109, 0xff, 0xff, 0xff, 0xff, 97, 1],
  },
});

test("a mebibyte of list heads is refused at the limit", () => {
  const bomb = new Uint8Array(1 << 20);
  for (let at = 0; at + 5 < bomb.length; at += 5) bomb.set([108, 0, 0, 0, 1], at);
  bomb.set([131, 116, 0, 0, 0, 1, ...atom("d")]);
  expect(codec.readFrame(bomb, limits)).toHaveProperty("fault");
});
