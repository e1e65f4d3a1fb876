import { expect, it } from "vitest";
import { createBodyPieces, noBody } from "./body-pieces.ts";
import { createBlockPool } from "./overflow.ts";

function setup() {
  const flow: string[] = [];
  const pool = createBlockPool();
  const pieces = createBodyPieces(
    {
      pause: () => void flow.push("pause"),
      resume: () => void flow.push("resume"),
      overrun: () => void flow.push("overrun"),
    },
    pool,
  );
  return { pieces, flow, pool };
}

const piece = (length: number): Uint8Array => new Uint8Array(length).fill(length & 255);

it("pauses its source once much waits, and lets it go on when the reader has taken it", async () => {
  const { pieces, flow } = setup();
  pieces.put(piece(65_535));
  expect([flow, pieces.isPaused]).toEqual([[], false]);
  pieces.put(piece(1));
  pieces.put(piece(10));
  expect([flow, pieces.isPaused]).toEqual([["pause"], true]);
  const reader = pieces.stream()[Symbol.asyncIterator]();
  for (let i = 0; i < 3; i++) await reader.next();
  expect(flow).toEqual(["pause"]);
  const next = reader.next();
  for (let i = 0; i < 5; i++) await Promise.resolve();
  expect([flow, pieces.isPaused]).toEqual([["pause", "resume"], false]);
  pieces.complete();
  expect((await next).done).toBe(true);
});

it("keeps what a source that is paused brings all the same, in order, and lets it go on only behind that", async () => {
  const { pieces, flow } = setup();
  const lent = new Uint8Array(65_536);
  for (let i = 1; i <= 4; i++) pieces.copy(lent.fill(i));
  lent.fill(0);
  const reader = pieces.stream()[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  for (let i = 0; i < 4; i++) read.push((await reader.next()).value);
  expect([flow, read.map((bytes) => [bytes.length, bytes[0]])]).toEqual([
    ["pause"],
    [1, 2, 3, 4].map((i) => [65_536, i]),
  ]);
  const next = reader.next();
  for (let i = 0; i < 5; i++) await Promise.resolve();
  expect(flow).toEqual(["pause", "resume"]);
  pieces.complete();
  expect((await next).done).toBe(true);
});

it("puts a complete body together of what came while it was paused as well", async () => {
  const { pieces } = setup();
  for (let i = 0; i < 3; i++) pieces.copy(piece(65_536));
  pieces.complete();
  expect((await pieces.readAll(200_000))?.length).toBe(196_608);
});

it("lets its source go on at the end, though nobody has read it", () => {
  const { pieces, flow } = setup();
  pieces.put(piece(65_536));
  pieces.complete();
  expect([flow, pieces.isPaused]).toEqual([["pause", "resume"], false]);
});

it("puts all of it together, up to a bound", async () => {
  const { pieces } = setup();
  pieces.put(piece(3));
  const whole = pieces.readAll(8);
  pieces.put(piece(5));
  pieces.complete();
  expect([...(await whole)!]).toEqual([3, 3, 3, 5, 5, 5, 5, 5]);

  const other = setup();
  const tooLarge = other.pieces.readAll(8);
  other.pieces.put(piece(9));
  expect(await tooLarge).toBeNull();
  for (let i = 0; i < 3; i++) other.pieces.put(piece(65_536));
  expect(other.flow).toEqual([]);
});

it("is an error for its reader where it fails, unless all of it was there", async () => {
  const { pieces } = setup();
  pieces.put(piece(1));
  const whole = pieces.readAll(8);
  pieces.fail();
  await expect(whole).rejects.toThrow("before its body was whole");

  const other = setup();
  other.pieces.put(piece(1));
  other.pieces.complete();
  other.pieces.fail();
  expect(await other.pieces.readAll(8)).toHaveLength(1);
});

it("an empty body is empty", async () => {
  const { pieces } = setup();
  pieces.complete();
  expect(await pieces.readAll(0)).toHaveLength(0);
  for await (const _piece of pieces.stream()) throw new Error("there is none");
});

it("is whole at once where there is none", async () => {
  expect([noBody.isComplete, noBody.isPaused, (await noBody.readAll(0))?.length]).toEqual([true, false, 0]);
  for await (const _ of noBody.stream()) throw new Error("a piece of nothing");
});

it("gives up a source that goes on although it is paused, where there is no room for more", () => {
  const { pieces, flow, pool } = setup();
  while (pool.take() !== null);
  pieces.copy(piece(65_536));
  pieces.copy(piece(10));
  expect(flow).toEqual(["pause", "overrun"]);
});
