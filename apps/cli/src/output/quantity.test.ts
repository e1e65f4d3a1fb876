import { expect, it } from "vitest";
import { formatAge, formatBytes } from "./quantity.ts";

it.each([
  [-5000, "0 s"],
  [999, "0 s"],
  [119_999, "119 s"],
  [120_000, "2 min"],
  [7_199_999, "119 min"],
  [7_200_000, "2 h"],
  [172_799_999, "47 h"],
  [172_800_000, "2 d"],
])("%d ms are %s", (ms, text) => expect(formatAge(ms)).toBe(text));

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [9949, "9.9 kB"],
  [9950, "10 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [8_589_934_592, "8.6 GB"],
  [5e15, "5000 TB"],
])("%d bytes are %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));
