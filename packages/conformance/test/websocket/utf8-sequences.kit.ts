/** One of Autobahn's sequences: its number, its bytes in hexadecimal, and whether they are UTF-8. */
export interface Utf8Sequence {
  readonly id: string;
  readonly title: string;
  readonly hex: string;
  readonly isValid: boolean;
}

/** From 6.5 on: what a group is about, its sequences that are UTF-8 and those that are not, in this order. */
type Group = readonly [title: string, valid: readonly string[], invalid: readonly string[]];

const kosme = "cebae1bdb9cf83cebcceb5";
const prefixes = Array.from({ length: kosme.length / 2 }, (_, i) => kosme.slice(0, 2 * (i + 1)));
const wholePrefixes = new Set([2, 5, 7, 9, 11].map((bytes) => kosme.slice(0, 2 * bytes)));
const truncated = "c0 e080 f08080 f8808080 fc80808080 df efbf f7bfbf fbbfbfbf fdbfbfbfbf".split(" ");

const groups: readonly Group[] = [
  [
    "valid text",
    [
      "68656c6c6f24776f726c64",
      "68656c6c6fc2a2776f726c64",
      "68656c6c6fe282ac776f726c64",
      "68656c6c6ff0a4ada2776f726c64",
      kosme,
    ],
    [],
  ],
  ["prefixes of text", prefixes.filter((p) => wholePrefixes.has(p)), prefixes.filter((p) => !wholePrefixes.has(p))],
  ["the first of a length", ["00", "c280", "e0a080", "f0908080"], []],
  ["the first of 5 and 6 bytes", [], ["f888808080", "fc8480808080"]],
  ["the last of a length", ["7f", "dfbf", "efbfbf", "f48fbfbf"], []],
  ["the last beyond Unicode", [], ["f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf"]],
  ["other bounds", ["ed9fbf", "ee8080", "efbfbd", "f48fbfbf"], ["f4908080"]],
  [
    "unexpected continuations",
    [],
    ["80", "bf", "80bf", "80bf80", "80bf80bf", "80bf80bf80", "80bf80bf80bf", range(0x80, 0xbf)],
  ],
  [
    "lonely starts",
    [],
    [spaced(0xc0, 0xdf), spaced(0xe0, 0xef), spaced(0xf0, 0xf7), spaced(0xf8, 0xfb), spaced(0xfc, 0xfd)],
  ],
  ["a missing last byte", [], truncated],
  ["incomplete sequences in a row", [], [truncated.join("")]],
  ["impossible bytes", [], ["fe", "ff", "fefeffff"]],
  ["overlong ASCII", [], ["c0af", "e080af", "f08080af", "f8808080af", "fc80808080af"]],
  ["the largest overlong ones", [], ["c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf"]],
  ["overlong NUL", [], ["c080", "e08080", "f0808080", "f880808080", "fc8080808080"]],
  ["single surrogates", [], ["eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf"]],
  [
    "paired surrogates",
    [],
    ["eda080", "edadbf", "edae80", "edafbf"].flatMap((high) => [`${high}edb080`, `${high}edbfbf`]),
  ],
  ["code points that are no characters", nonCharacters(), []],
  ["specials", ["efbfb9", "efbfba", "efbfbb", "efbfbc", "efbfbd", "efbfbe", "efbfbf"], []],
];

/** All sequences of Autobahn's groups 6.5 to 6.23. */
export const utf8Sequences: readonly Utf8Sequence[] = groups.flatMap(([title, valid, invalid], group) =>
  [...valid, ...invalid].map((hex, i) => ({ id: `6.${group + 5}.${i + 1}`, title, hex, isValid: i < valid.length })),
);

/** U+FFFE, U+FFFF and the last two code points of every plane that Autobahn names. */
function nonCharacters(): string[] {
  const planes = [
    "f09fbf",
    "f0afbf",
    "f0bfbf",
    ...["f1", "f2", "f3"].flatMap((f) => ["8f", "9f", "af", "bf"].map((b) => `${f}${b}bf`)),
    "f48fbf",
  ];
  return ["efbfbe", "efbfbf", ...planes.flatMap((plane) => [`${plane}be`, `${plane}bf`])];
}

function range(from: number, to: number): string {
  return Buffer.from(Array.from({ length: to - from }, (_, i) => from + i)).toString("hex");
}

/** Each byte of a range with a space behind it. */
function spaced(from: number, to: number): string {
  return Buffer.from(Array.from({ length: to - from }, (_, i) => [from + i, 0x20]).flat()).toString("hex");
}
