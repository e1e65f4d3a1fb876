import type { Value } from "../../value.ts";
import { etfCodec as codec } from "./index.ts";

/** Terms by hand, byte for byte. */

/** A hello captured from the original server, in base64. */
export const HELLO =
  "g3QAAAAEZAABZHQAAAABbQAAABJoZWFydGJlYXRfaW50ZXJ2YWxiAACvyGQAAm9wYQBkAAF0ZAADbmlsZAACdHNuBgAW99P7oQE=";

export const hex = (raw: unknown): string => Buffer.from(raw as Uint8Array).toString("hex");
export const latin = (s: string): number[] => [...Buffer.from(s, "latin1")];
export const atom = (name: string): number[] => [100, 0, name.length, ...latin(name)];
export const bin = (s: string | number[]): number[] => {
  const bytes = typeof s === "string" ? [...Buffer.from(s)] : s;
  return [109, 0, 0, bytes.length >> 8, bytes.length & 0xff, ...bytes];
};
export const map = (...entries: number[][]): number[] => [116, 0, 0, 0, entries.length / 2, ...entries.flat()];
export const frameOf = (...entries: number[][]): Uint8Array => new Uint8Array([131, ...map(...entries)]);
export const decode = (bytes: number[]): Value => codec.decode(new Uint8Array(bytes));
export const decodeExact = (bytes: number[]): Value => codec.decodeExact(new Uint8Array(bytes));
export const oldFloat = (s: string): number[] => [99, ...latin(s.padEnd(31, "\0"))];
