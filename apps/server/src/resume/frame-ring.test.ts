import { describe, expect, it } from "vitest";
import { FrameRing } from "./frame-ring.ts";

function setup(maxFrames = 4, maxBytes = 100) {
  const kept = { total: 0 };
  const ring = new FrameRing({ maxFrames, maxBytes }, kept);
  const contents = (): [number, unknown][] => {
    const all: [number, unknown][] = [];
    ring.replay((frame, seq) => all.push([seq, frame]) > 0);
    return all;
  };
  return { ring, kept, contents };
}

describe("a ring of frames", () => {
  it("numbers them from 1 and keeps them in order", () => {
    const { ring, contents } = setup();
    expect([ring.firstSeq, ring.lastSeq, contents()]).toEqual([1, 0, []]);
    expect(["a", "b", "c"].map((frame) => ring.push(frame))).toEqual([1, 2, 3]);
    expect(contents()).toEqual([
      [1, "a"],
      [2, "b"],
      [3, "c"],
    ]);
  });

  it("forgets what is confirmed, and goes on counting", () => {
    const { ring, kept, contents } = setup();
    for (const frame of ["a", "b", "c"]) ring.push(frame);
    ring.confirm(2);
    ring.confirm(1);
    expect([contents(), kept.total]).toEqual([[[3, "c"]], 1]);
    ring.confirm(3);
    expect([contents(), kept.total, ring.push("d"), ring.firstSeq]).toEqual([[], 0, 4, 4]);
  });

  it("drops the oldest beyond so many frames, and beyond so many bytes", () => {
    const { ring, kept, contents } = setup(3, 10);
    for (const frame of ["a", "b", "c", "d"]) ring.push(frame);
    expect(contents().map(([seq]) => seq)).toEqual([2, 3, 4]);
    ring.push("x".repeat(9));
    expect(contents().map(([seq]) => seq)).toEqual([4, 5]);
    expect(kept.total).toBe(10);
    ring.push("x".repeat(11));
    expect([contents(), kept.total, ring.lastSeq, ring.firstSeq]).toEqual([[], 0, 6, 7]);
  });

  it("can go on from anything that it has not lost, and from nothing that never was", () => {
    const { ring } = setup(3);
    expect([0, 1].map((seq) => ring.hasAllAfter(seq))).toEqual([true, false]);
    for (const frame of ["a", "b", "c", "d", "e"]) ring.push(frame);
    expect([0, 1, 2, 3, 4, 5, 6].map((seq) => ring.hasAllAfter(seq))).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it("hands over no more once it is told to stop", () => {
    const { ring } = setup();
    for (const frame of ["a", "b", "c"]) ring.push(frame);
    const taken: number[] = [];
    ring.replay((_, seq) => taken.push(seq) < 2);
    expect(taken).toEqual([1, 2]);
  });

  it("holds no more places than frames, about, however many have gone through", () => {
    const { ring, contents } = setup(1000, 1_000_000);
    for (let i = 1; i <= 10_000; i++) {
      ring.push(`frame ${i}`);
      if (i % 3 === 0) ring.confirm(i - 100);
    }
    expect(contents().length).toBe(101);
    expect(contents()[0]).toEqual([9900, "frame 9900"]);
    expect(contents().at(-1)).toEqual([10_000, "frame 10000"]);
  });
});
