import { jsonCodec } from "@singyeong/protocol/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StreamFailure, StreamSink } from "./sink.ts";
import { createStage, limits, type Peer } from "./streams.kit.ts";
import type { StreamMessage } from "./streams.ts";

function createRecordingSink() {
  const messages: (Pick<StreamMessage, "payload" | "end"> | string)[] = [];
  const failures: StreamFailure[] = [];
  let rooms = 0;
  const sink: StreamSink = {
    message: ({ payload, end }) => void messages.push({ payload, end }),
    room: () => rooms++,
    aborted: (failure) => void failures.push(failure),
  };
  return {
    sink,
    messages,
    failures,
    get rooms() {
      return rooms;
    },
  };
}

function createOwnStage(given = limits) {
  const stage = createStage(given);
  const callee = stage.join("api");
  const recording = createRecordingSink();
  const open = (options: { end?: boolean; credit?: number } = {}, to: Peer = callee) =>
    stage.streams.openTo(
      to.client,
      { method: "http", payload: '{"a":1}', end: false, credit: 16, ...options },
      recording.sink,
    );
  return { ...stage, stage, callee, recording, open };
}

describe("a stream of the server's own", () => {
  it("comes as a call from nobody", () => {
    const { open, read, callee } = createOwnStage();
    expect([open(), open({ end: true, credit: 3 })]).not.toContain(null);
    expect(read(callee)).toEqual([
      ["CALL", { id: -1, method: "http", from: null, end: false, credit: 16, payload: { a: 1 } }],
      ["CALL", { id: -2, method: "http", from: null, end: true, credit: 3, payload: { a: 1 } }],
    ]);
  });

  it("is not opened to a client that is away, has all the streams it may have, or whose connection takes nothing", () => {
    const { open, stage, callee, create } = createOwnStage();
    expect(open({}, create("elsewhere"))).toBeNull();
    for (let i = 0; i < limits.maxStreams; i++) expect(open()).not.toBeNull();
    expect(open()).toBeNull();
    const full = stage.join("full");
    full.outbox.full = true;
    expect(open({}, full)).toBeNull();
    stage.leave(callee);
    expect(open()).toBeNull();
  });

  it("carries messages both ways, and is over once both have ended", () => {
    const { open, read, callee, stage, recording } = createOwnStage();
    const stream = open()!;
    stream.send('"one"');
    stream.end('"two"');
    stage.send(callee, -1, '"three"');
    stage.send(callee, -1, undefined, true);
    stream.send('"late"');
    stream.end();
    stream.abort("late", "");
    expect(read(callee).slice(1)).toEqual([
      ["DATA", { id: -1, payload: "one" }],
      ["DATA", { id: -1, end: true, payload: "two" }],
    ]);
    expect(recording.messages).toEqual([
      { payload: '"three"', end: false },
      { payload: undefined, end: true },
    ]);
    // Its place is free again.
    for (let i = 0; i < limits.maxStreams; i++) expect(open()).not.toBeNull();
  });

  it("is aborted by either side, and by the client's leaving, with what was said", () => {
    const { open, read, callee, stage, recording } = createOwnStage();
    open();
    stage.abort(callee, -1, "mine");
    open()!.abort("stream/cancelled", "enough");
    open();
    stage.leave(callee);
    expect(recording.failures).toEqual([
      { code: "mine", message: "", delivered: true, data: null },
      { code: "stream/peer-lost", message: "callee lost", delivered: true, data: null },
    ]);
    expect(read(callee)).toContainEqual([
      "ABORT",
      { id: -2, code: "stream/cancelled", message: "enough", delivered: true },
    ]);
  });

  it("cannot be called back by", () => {
    const { open, read, callee, stage } = createOwnStage();
    open();
    stage.open(callee, 5, -1);
    expect(read(callee).at(-1)).toMatchObject(["ABORT", { id: 5, code: "route/no-match", data: { via: -1 } }]);
  });

  it("ends where the client sends more than there is credit for", () => {
    const { open, callee, stage, recording } = createOwnStage();
    open({ credit: 1 });
    stage.send(callee, -1, "1");
    stage.send(callee, -1, "2");
    expect(recording.messages).toHaveLength(1);
    expect(recording.failures).toMatchObject([{ code: "stream/overrun", delivered: true }]);
  });

  it("waits while much is in the client's socket, and says when to ask again", () => {
    const { open, callee, clock, recording } = createOwnStage();
    const stream = open()!;
    let backlog = 2 ** 23;
    callee.outbox.backlogBytes = () => backlog;
    expect(stream.maySend()).toBe(false);
    clock.advance(5);
    expect([recording.rooms, stream.maySend()]).toEqual([1, false]);
    backlog = 0;
    clock.advance(5);
    expect([recording.rooms, stream.maySend()]).toEqual([2, true]);
  });

  it("never goes on without a message that the connection did not take", () => {
    const { open, callee, recording } = createOwnStage();
    const stream = open()!;
    callee.outbox.full = true;
    stream.send("1");
    expect(recording.failures).toMatchObject([{ code: "limit/slow-consumer" }]);
    expect(stream.maySend()).toBe(false);
  });

  it("sends no more than credit and bytes allow, and all of it once they do", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 60 });
    fc.assert(
      fc.property(sizes, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (given, counts) => {
        const { open, read, callee, stage } = createOwnStage();
        const stream = open()!;
        read(callee);
        const left = given.map((size) => jsonCodec.encode("x".repeat(size)));
        let underWay: number[] = [];
        let credit = 16;
        let received = 0;
        for (;;) {
          while (left.length > 0 && stream.maySend()) stream.send(left.shift()!);
          const frames = read(callee) as [string, { payload: string }][];
          received += frames.length;
          for (const [, { payload }] of frames) {
            expect(credit--).toBeGreaterThan(0);
            expect(underWay.reduce((sum, size) => sum + size, 0)).toBeLessThan(limits.maxStreamBytes);
            underWay.push(payload.length);
          }
          if (left.length === 0) break;
          const n = Math.min(counts.next().value!, underWay.length);
          expect(n).toBeGreaterThan(0);
          underWay = underWay.slice(n);
          credit += n;
          stage.streams.credit(callee.client, -1, n);
        }
        expect(received).toBe(given.length);
      }),
    );
  });
});
