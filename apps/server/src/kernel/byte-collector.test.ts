import { expect, it } from "vitest";
import { createByteCollector } from "./byte-collector.ts";

it("gathers pieces in order, whatever their size", () => {
  const collector = createByteCollector(1000);
  const whole = Uint8Array.from({ length: 1000 }, (_, i) => i);
  for (let at = 0, size = 1; at < 1000; at += size, size = (size * 7) % 50)
    collector.add(whole.subarray(at, at + size));
  expect(collector.bytes()).toEqual(whole);
});

it("copies what it is given", () => {
  const piece = new Uint8Array([1, 2]);
  const collector = createByteCollector(10);
  collector.add(piece);
  piece.fill(9);
  expect([...collector.bytes()]).toEqual([1, 2]);
});

it("refuses to go past its bound", () => {
  const collector = createByteCollector(3);
  expect(collector.add(new Uint8Array(3))).toBe(true);
  expect(collector.add(new Uint8Array(1))).toBe(false);
  expect(createByteCollector(0).add(new Uint8Array(0))).toBe(true);
});
