import fc from "fast-check";
import { expect, it } from "vitest";
import { parseProxyHeader } from "./proxy-header.ts";

const signature = [0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const header = (command: number, family: number, rest: readonly number[]): Buffer =>
  Buffer.from([...signature, command, family, rest.length >> 8, rest.length & 255, ...rest]);

it("reads an address, with what else the proxy tells behind it, and leaves what follows", () => {
  const bytes = header(0x21, 0x11, [203, 0, 113, 9, 127, 0, 0, 1, 0, 1, 0, 2, 0xea, 0, 2, 1, 2]);
  expect(parseProxyHeader(Buffer.concat([bytes, Buffer.from("GET /")]))).toEqual({
    address: "203.0.113.9",
    bytes: bytes.length,
  });
});

it.each([
  ["for the proxy itself", header(0x20, 0x11, Array(12).fill(9))],
  ["of no internet address", header(0x21, 0x31, Array(216).fill(9))],
])("tells no address %s", (_name, bytes) => {
  expect(parseProxyHeader(bytes)).toEqual({ address: null, bytes: bytes.length });
});

it.each([
  ["another version", header(0x11, 0x11, Array(12).fill(1))],
  ["another command", header(0x22, 0x11, Array(12).fill(1))],
  ["no room for the address", header(0x21, 0x21, Array(12).fill(1))],
  ["a length that nobody needs", Buffer.from([...signature, 0x21, 0x11, 0xff, 0xff])],
])("refuses %s", (_name, bytes) => {
  expect(parseProxyHeader(bytes)).toBe("bad");
});

it("waits for the rest of a header wherever it is cut, and takes all else for none", () => {
  const whole = header(0x21, 0x21, Array(36).fill(7));
  for (let length = 1; length < whole.length; length++)
    expect(parseProxyHeader(whole.subarray(0, length))).toBe("more");
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      fc.pre(bytes[0] !== signature[0]);
      expect(parseProxyHeader(Buffer.from(bytes))).toBe("none");
    }),
  );
});

it("throws on no bytes at all", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 60 }), (bytes) => {
      expect(() => parseProxyHeader(Buffer.concat([Buffer.from(signature), bytes]))).not.toThrow();
    }),
  );
});
