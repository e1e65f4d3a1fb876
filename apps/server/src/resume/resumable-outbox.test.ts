import { jsonCodec, msgpackCodec } from "@singyeong/protocol/codec";
import { describe, expect, it } from "vitest";
import { createRecordingOutbox, readFrames } from "../testing/fixtures.ts";
import { FrameRing } from "./frame-ring.ts";
import { ResumableOutbox } from "./resumable-outbox.ts";

function setup(maxFrames = 100) {
  const socket = createRecordingOutbox();
  const kept = { total: 0 };
  const ring = new FrameRing({ maxFrames, maxBytes: 10_000 }, kept);
  return { socket, kept, ring, outbox: new ResumableOutbox(jsonCodec, ring, socket) };
}
const frame = (n: number) => jsonCodec.encodeFrame(4, { n }, 0, "A");
const numbers = (socket: ReturnType<typeof createRecordingOutbox>) =>
  readFrames(socket).map((read) => {
    const { d, seq } = read as { d: { n: number }; seq: number };
    return [d.n, seq];
  });

describe("the outbox of a client that may resume", () => {
  it("numbers what it sends", () => {
    const { socket, outbox } = setup();
    for (const n of [10, 11]) expect(outbox.send(frame(n))).toBe(true);
    expect(readFrames(socket)).toEqual([
      { op: 4, d: { n: 10 }, ts: 0, t: "A", seq: 1 },
      { op: 4, d: { n: 11 }, ts: 0, t: "A", seq: 2 },
    ]);
  });

  it("takes frames while nobody is there, and sends what follows over the next socket", () => {
    const { outbox } = setup();
    for (const n of [10, 11]) outbox.send(frame(n));
    outbox.detach();
    expect([12, 13].map((n) => outbox.send(frame(n)))).toEqual([true, true]);
    const next = createRecordingOutbox();
    outbox.attach(next, 1);
    outbox.send(frame(14));
    expect(numbers(next)).toEqual([
      [11, 2],
      [12, 3],
      [13, 4],
      [14, 5],
    ]);
  });

  it("takes what a socket refuses: it is there after the next one", () => {
    const { socket, outbox } = setup();
    outbox.send(frame(10));
    socket.full = true;
    expect(outbox.send(frame(11))).toBe(true);
    const next = createRecordingOutbox();
    outbox.attach(next, 1);
    expect(numbers(next)).toEqual([[11, 2]]);
  });

  it("ends a socket that refused a frame and stayed open, for what comes later would leave a gap", () => {
    const { socket, outbox } = setup();
    socket.full = true;
    outbox.send(frame(10));
    expect(socket.closedWith).toMatchObject({ code: 1013 });
  });

  it("sends nothing more to a socket that refuses, so that no frame is left out", () => {
    const { outbox } = setup();
    outbox.detach();
    for (const n of [1, 2, 3]) outbox.send(frame(n));
    const tight = createRecordingOutbox();
    const asked: number[] = [];
    const send = tight.send.bind(tight);
    tight.send = (sent) => asked.push(1) < 2 && send(sent);
    outbox.attach(tight, 0);
    expect([asked.length, numbers(tight)]).toEqual([2, [[1, 1]]]);
  });

  it("believes a confirmation of what was sent alone", () => {
    const { outbox, kept } = setup();
    for (const n of [1, 2]) outbox.send(frame(n));
    expect([outbox.confirm(3), kept.total > 0, outbox.confirm(2), kept.total]).toEqual([false, true, true, 0]);
    expect([outbox.canResume(1), outbox.canResume(2), outbox.canResume(3)]).toEqual([false, true, false]);
  });

  it("takes and keeps nothing once it is over", () => {
    const { socket, outbox, kept } = setup();
    outbox.send(frame(1));
    outbox.end();
    expect([outbox.send(frame(2)), kept.total, socket.frames.length]).toEqual([false, 0, 1]);
  });

  it("never changes bytes that others share, and keeps them once", () => {
    const socket = createRecordingOutbox();
    const ring = new FrameRing({ maxFrames: 10, maxBytes: 10_000 }, { total: 0 });
    const outbox = new ResumableOutbox(msgpackCodec, ring, socket);
    const shared = msgpackCodec.encodeFrame(4, ["x".repeat(100)], 0, "A") as Uint8Array;
    const before = shared.slice();
    outbox.send(shared);
    outbox.detach();
    outbox.send(shared);
    expect(shared).toEqual(before);
    const keptFrames: unknown[] = [];
    ring.replay((one) => keptFrames.push(one) > 0);
    expect(keptFrames.every((one) => one === shared)).toBe(true);
  });

  it("copies bytes that would keep more than themselves alive, and text of a client that is away", () => {
    const { outbox, ring } = setup();
    const text = frame(1) as string;
    outbox.send(Buffer.from(text));
    outbox.detach();
    outbox.send(text);
    ring.replay((one) => {
      expect((one as Uint8Array).buffer.byteLength).toBe(text.length);
      return true;
    });
    const next = createRecordingOutbox();
    outbox.attach(next, 0);
    expect(numbers(next)).toEqual([
      [1, 1],
      [1, 2],
    ]);
  });
});
