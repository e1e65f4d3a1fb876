import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatTraceparent, isTraceId, parseTraceparent } from "./traceparent.ts";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const span = "00f067aa0ba902b7";
const parse = (traceparent: string | undefined, tracestate?: string) => parseTraceparent({ traceparent, tracestate });

describe("a trace context", () => {
  it("is read with its flags and its state", () => {
    expect(parse(`00-${trace}-${span}-01`, "a=1,b=2")).toEqual({
      traceId: trace,
      spanId: span,
      flags: 1,
      state: "a=1,b=2",
    });
    expect(parse(`00-${trace}-${span}-00`)).toEqual({ traceId: trace, spanId: span, flags: 0, state: undefined });
  });

  it.each([
    ["nothing", undefined],
    ["empty text", ""],
    ["upper case", `00-${trace.toUpperCase()}-${span}-01`],
    ["a trace of zeros", `00-${"0".repeat(32)}-${span}-01`],
    ["a span of zeros", `00-${trace}-${"0".repeat(16)}-01`],
    ["the version that stands for none", `ff-${trace}-${span}-01`],
    ["version 00 with more behind it", `00-${trace}-${span}-01-more`],
    ["a short span", `00-${trace}-${span.slice(1)}-01`],
    ["another line", `00-${trace}-${span}-01\n`],
  ])("is not %s", (_what, text) => {
    expect(parse(text)).toBeNull();
  });

  it("is read in a version to come, and goes on in the one that is known", () => {
    const context = parse(`cc-${trace}-${span}-01-more`)!;
    expect(formatTraceparent(context).traceparent).toBe(`00-${trace}-${span}-01`);
  });

  it("goes on without a state that is too long or could not stand in a header", () => {
    for (const state of ["x".repeat(513), "a=1\nb: 2", "ä=1"]) {
      expect(parse(`00-${trace}-${span}-01`, state)).toMatchObject({ traceId: trace, state: undefined });
    }
  });

  it("says the same again when it is written and read", () => {
    const hex = (length: number) =>
      fc
        .array(fc.constantFrom(..."0123456789abcdef"), { minLength: length, maxLength: length })
        .map((digits) => digits.join(""))
        .filter((text) => /[^0]/.test(text));
    fc.assert(
      fc.property(hex(32), hex(16), fc.integer({ min: 0, max: 255 }), (traceId, spanId, flags) => {
        const context = { traceId, spanId, flags, state: undefined };
        expect(parseTraceparent(formatTraceparent(context))).toEqual(context);
      }),
    );
  });
});

it("knows the number of a trace", () => {
  expect([trace, trace.slice(1), `${trace}0`, trace.toUpperCase(), "0".repeat(32)].map(isTraceId)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});
