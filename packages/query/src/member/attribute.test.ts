import { expect, it } from "vitest";
import { createAttribute } from "./attribute.ts";

it.each([
  ["string", "x", "x"],
  ["integer", 2 ** 60, 2n ** 60n],
  ["integer", 7n, 7],
  ["float", 1, 1],
  ["float", 1e300, 1e300],
  ["boolean", false, false],
  ["list", [2n], [2]],
  ["map", { a: null }, { a: null }],
] as const)("takes a %s", (type, value, stored) => {
  expect(createAttribute(type, value)).toEqual({ ok: true, attribute: { type, value: stored, version: null } });
});

it("keeps the precedence of a version beside its text", () => {
  const result = createAttribute("version", "1.2.3+b");
  expect(result).toMatchObject({ ok: true, attribute: { type: "version", value: "1.2.3+b" } });
  expect(result.ok && typeof result.attribute.version).toBe("string");
});

it.each([
  ["string", 1, "metadata/wrong-type", "expected text, got the number 1"],
  ["integer", 1.5, "metadata/wrong-type", "expected an integer, got the number 1.5"],
  ["integer", 2 ** 64, "metadata/integer-range", "send it as a string"],
  ["integer", 2n ** 63n, "metadata/integer-range", "send it as text"],
  ["list", [2n ** 63n], "metadata/integer-range", "send it as text"],
  ["float", Number.NaN, "metadata/wrong-type", "expected a finite number, got NaN"],
  ["float", "1", "metadata/wrong-type", "expected a number"],
  [
    "version",
    "1.0",
    "metadata/bad-version",
    'expected a semantic version such as 1.2.3 or 1.2.3-rc.1, got the text "1.0"',
  ],
  ["boolean", "true", "metadata/wrong-type", "expected a boolean"],
  ["list", {}, "metadata/wrong-type", "expected a list, got a map"],
  ["map", new Uint8Array(1), "metadata/wrong-type", "expected a map, got bytes"],
  ["map", new Map(), "metadata/wrong-type", "an object that is no map"],
  ["tuple", 1, "metadata/unknown-type", 'got the text "tuple"'],
])("refuses as %s: %s", (type, value, code, message) => {
  expect(createAttribute(type, value)).toMatchObject({ ok: false, code, message: expect.stringContaining(message) });
});
