import { expect, it } from "vitest";
import { messageBytes } from "./payload.ts";
import { createPushWriter, formatAck, formatRequest, readDelivery } from "./queue-frames.ts";

/** The JSON of frames whose mask is zero. */
function readFrames(bytes: Buffer): { t: string; d: Record<string, unknown> }[] {
  const frames: { t: string; d: Record<string, unknown> }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const short = bytes[at + 1]! & 0x7f;
    const start = at + (short < 126 ? 6 : 8);
    const end = start + (short < 126 ? short : bytes.readUInt16BE(at + 2));
    frames.push(JSON.parse(bytes.toString("latin1", start, end)));
    at = end;
  }
  return frames;
}

it("numbers pushes, and turns their targets", () => {
  const frames = readFrames(createPushWriter("jobs", "workers", 2)(41, 3));
  const shards = frames.map(({ d }) => (d.target as { ops: object[] }).ops[1]);
  expect(frames.map(({ d }) => d.nonce)).toEqual(["00000041", "00000042", "00000043"]);
  expect(frames.map(({ d }) => (d.payload as { n: string }).n)).toEqual(["00000041", "00000042", "00000043"]);
  expect(shards).toEqual([{ shard: { $lt: 1_000_001 } }, { shard: { $lt: 1_000_000 } }, { shard: { $lt: 1_000_001 } }]);
  expect(JSON.stringify(frames[0]!.d.payload)).toHaveLength(messageBytes);
});

it("asks and acknowledges by name", () => {
  const frames = readFrames(Buffer.from(formatRequest("jobs", 50) + formatAck("jobs", "i".repeat(80)), "latin1"));
  expect(frames).toMatchObject([
    { t: "QUEUE_REQUEST", d: { queue: "jobs", count: 50 } },
    { t: "QUEUE_ACK", d: { queue: "jobs", id: "i".repeat(80) } },
  ]);
});

it("reads the id and number of a delivery, and takes nothing else for one", () => {
  const [push] = readFrames(createPushWriter("jobs", "workers", 1)(7, 1));
  const delivery = { op: 4, d: { nonce: null, payload: { queue: "jobs", id: "a-1", payload: push!.d.payload } } };
  const read = (frame: object) => {
    const bytes = Buffer.from(JSON.stringify(frame));
    return readDelivery(bytes, 0, bytes.length);
  };
  expect(read(delivery)).toEqual({ id: "a-1", number: 7 });
  expect(() => read({ ...delivery, op: 3 })).toThrow("expected a delivery");
  expect(() => read({ op: 4, d: {} })).toThrow("expected a delivery");
});
