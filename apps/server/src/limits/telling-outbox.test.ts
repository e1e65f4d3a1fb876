import { jsonCodec } from "@singyeong/protocol/codec";
import { expect, it } from "vitest";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import type { Outbox } from "../ports/outbox.ts";
import { createTellingOutbox } from "./telling-outbox.ts";

const maxBytes = 1000;
const large = "x".repeat(300);

/** A socket that loses what may be dropped once it is full, and ends with anything else. */
function createSocket() {
  const socket = { frames: [] as string[], waitingBytes: 0, isOpen: true, refused: 0, dropped: 0 };
  const outbox: Outbox = {
    send(frame, mayDrop = false) {
      const isFull = socket.waitingBytes + frame.length > maxBytes;
      if (isFull && !mayDrop) socket.isOpen = false;
      if (isFull) socket.refused++;
      if (isFull || !socket.isOpen) return false;
      socket.waitingBytes += frame.length;
      socket.frames.push(frame as string);
      return true;
    },
    close() {},
    backlogBytes: () => socket.waitingBytes,
  };
  const told = createTellingOutbox(outbox, jsonCodec, createSteppedClock(7), () => socket.dropped++);
  return { socket, outbox: told, fill: (count: number) => Array.from({ length: count }, () => told.send(large, true)) };
}

it("says how many frames were dropped before the next one that there is room for", () => {
  const { socket, outbox, fill } = createSocket();
  expect(fill(5)).toEqual([true, true, true, false, false]);
  socket.waitingBytes = 0;
  expect([outbox.send("a", true), outbox.send("b")]).toEqual([true, true]);
  const [notice, ...rest] = socket.frames.slice(3);
  expect(rest).toEqual(["a", "b"]);
  expect(JSON.parse(notice!)).toEqual({
    op: 3,
    d: { error: "frames dropped", code: "limit/slow-consumer", extra_info: { dropped: 2 } },
    ts: 7,
    t: null,
  });
});

it("fills what room is left with no notices, and takes frames again when half of what waited is gone", () => {
  const { socket, outbox, fill } = createSocket();
  fill(50);
  expect([socket.frames.length, socket.refused, socket.dropped]).toEqual([3, 1, 46]);
  socket.waitingBytes = 451;
  expect(outbox.send("a", true)).toBe(false);
  socket.waitingBytes = 450;
  expect(outbox.send("a", true)).toBe(true);
  expect(JSON.parse(socket.frames.at(-2)!).d.extra_info.dropped).toBe(48);
});

it("says so at once before a frame that others count on", () => {
  const { socket, outbox, fill } = createSocket();
  fill(4);
  socket.waitingBytes = 700;
  expect(outbox.send("a")).toBe(true);
  expect(socket.frames.at(-1)).toBe("a");
  expect(JSON.parse(socket.frames.at(-2)!).d.extra_info.dropped).toBe(1);
});

it("does not drop in silence what others count on: the connection ends", () => {
  const { socket, outbox, fill } = createSocket();
  fill(4);
  expect([outbox.send(large), socket.isOpen]).toEqual([false, false]);
});
