import { etfCodec, jsonCodec, msgpackCodec } from "@singyeong/protocol/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limits } from "../../stream/streams.kit.ts";
import { bytesOf, type ClientFrame, serveOver } from "./served.kit.ts";

const ok = { status: 200, headers: [] };

/** Lets everything run that waits for promises alone. */
async function settle(): Promise<void> {
  for (let i = 0; i < 500; i++) await null;
}

describe.each([jsonCodec, msgpackCodec, etfCodec])("a request over a connection in $encoding", (codec) => {
  it("comes as a call of the server's own, and the answer is what the client says", () => {
    const { request, read, answer } = serveOver(codec);
    const headers = [
      ["host", "api"],
      ["accept", "a"],
      ["accept", "b"],
    ] as const;
    const outcome = request({ method: "DELETE", path: "/a?b=%20", headers });
    const payload = { method: "DELETE", path: "/a?b=%20", headers };
    expect(read()).toMatchObject([{ t: "CALL", d: { id: -1, method: "http", from: null, end: true, payload } }]);
    const fields = [
      ["Set-Cookie", "a=1"],
      ["set-cookie", "b=2"],
      ["content-length", "5"],
    ];
    answer({ status: 201, headers: fields });
    answer(Buffer.from([1, 255, 3]));
    answer(Buffer.from([4, 5]));
    answer(undefined, true);
    expect(outcome.head).toEqual({
      status: 201,
      headers: [
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
        ["content-length", "5"],
      ],
    });
    expect([outcome.told, [...outcome.body]]).toEqual([
      ["head", "data", "data", "end"],
      [1, 255, 3, 4, 5],
    ]);
  });

  it("has a body of bytes in one message, in several where it is long, and its length in the head", async () => {
    const { request, read, credit } = serveOver(codec);
    request({ method: "POST", body: Buffer.from("short"), length: 5 });
    const [call, only] = read() as [ClientFrame, ClientFrame];
    expect(call.d).toMatchObject({ end: false, payload: { headers: [expect.anything(), ["content-length", "5"]] } });
    expect([only.d.end, bytesOf(only.d.payload).toString()]).toEqual([true, "short"]);
    const long = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => i * 7));
    request({ method: "POST", body: long, length: long.length });
    const parts: unknown[] = [];
    for (let turn = 0; turn < 10; turn++) {
      await settle();
      const data = read().filter(({ t }) => t === "DATA");
      parts.push(...data.map(({ d }) => d.payload));
      if (data.length > 0) credit(data.length, -2);
    }
    expect(parts.map((part) => bytesOf(part).length)).toEqual([65_536, 65_536, 65_536, 65_536, 37_856]);
    expect(Buffer.concat(parts.map(bytesOf))).toEqual(long);
  });

  it("asks for no more of a streamed body than the client has room for", async () => {
    const { request, read, credit } = serveOver(codec);
    let asked = 0;
    async function* produce() {
      for (;;) {
        asked++;
        yield Buffer.alloc(10);
      }
    }
    request({ method: "POST", body: produce() });
    await settle();
    expect([asked, read().length]).toEqual([16, 17]);
    credit(3);
    await settle();
    expect([asked, read().length]).toEqual([19, 3]);
  });

  it("arrives whole both ways, whatever the parts and whenever credit comes", async () => {
    const bytes = fc.uint8Array({ maxLength: 400 });
    const parts = fc.array(bytes, { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(parts, parts, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), async (up, down, counts) => {
        const { request, read, credit, answer } = serveOver(codec, { ...limits, maxStreamBytes: 600 });
        async function* produce() {
          yield* up;
        }
        const outcome = request({ method: "PUT", body: produce() });
        const received: Buffer[] = [];
        const left: unknown[] = [ok, ...down];
        let mayAnswer = 16;
        let underWay: number[] = [];
        let owed = 0;
        let isHeard = false;
        while (!isHeard || left.length > 0) {
          await settle();
          const before = [received.length, left.length, mayAnswer];
          for (const { t, d } of read()) {
            if (t === "CREDIT") {
              mayAnswer += d.n as number;
              underWay = underWay.slice(d.n as number);
            }
            if (t !== "DATA") continue;
            if (d.payload !== undefined) received.push(bytesOf(d.payload));
            if (d.end === true) isHeard = true;
            else owed++;
          }
          const n = Math.min(owed, counts.next().value!);
          if (n > 0 && !isHeard) credit(n);
          owed -= n;
          while (left.length > 0 && mayAnswer > 0 && underWay.reduce((sum, size) => sum + size, 0) < 600) {
            const payload = left.shift();
            mayAnswer--;
            underWay.push(codec.encode(payload as never).length + 40);
            answer(payload);
          }
          const isMoving = n > 0 || isHeard || before.join() !== [received.length, left.length, mayAnswer].join();
          expect(isMoving).toBe(true);
        }
        answer(undefined, true);
        expect(outcome.failure).toBeNull();
        expect(Buffer.concat(received)).toEqual(Buffer.concat(up));
        expect(outcome.body).toEqual(Buffer.concat(down));
        expect(outcome.told.at(-1)).toBe("end");
      }),
      { numRuns: 60 },
    );
  });

  it("has a head of 64 KiB at most", () => {
    const fields = (count: number) => Array.from({ length: count }, (_, i) => [`x-${i + 1000}`, "y".repeat(54)]);
    const { request, answer } = serveOver(codec);
    const fits = request();
    answer({ status: 200, headers: fields(1000) }, true);
    const excessive = request();
    answer({ status: 200, headers: fields(1100) }, true, -2);
    expect([fits.told, excessive.told]).toEqual([["head", "end"], ["failed"]]);
    expect(excessive.failure).toMatchObject({ code: "proxy/bad-response", reach: "target" });
  });

  it("holds the client back while nobody takes the answer", () => {
    const { request, read, answer } = serveOver(codec);
    const outcome = request();
    read();
    outcome.pause();
    answer(ok);
    for (let i = 0; i < 15; i++) answer(Buffer.alloc(100));
    expect(read()).toEqual([]);
    outcome.resume();
    expect(read()).toMatchObject([{ t: "CREDIT", d: { n: 16 } }]);
  });

  it("takes text for its bytes", () => {
    const { request, answer } = serveOver(codec);
    const outcome = request();
    answer(ok);
    answer("äö");
    answer(undefined, true);
    expect(outcome.body.toString()).toBe("äö");
  });

  it("has no body in the answer to HEAD, and with 204 and 304, whatever is sent", () => {
    const { request, answer } = serveOver(codec);
    const outcomes = ["HEAD", "GET", "GET"].map((method) => request({ method }));
    for (const [i, status] of [200, 204, 304].entries()) {
      answer({ status, headers: [["content-length", "7"]] }, false, -1 - i);
      answer(Buffer.from("x"), false, -1 - i);
      answer(undefined, true, -1 - i);
    }
    for (const { told } of outcomes) expect(told).toEqual(["head", "end"]);
  });

  it.each([
    ["no head", undefined],
    ["text", "200"],
    ["a status that is none", { status: 600, headers: [] }],
    ["a provisional status", { status: 101, headers: [] }],
    ["a status that is no number", { status: "200", headers: [] }],
    ["headers that are no list", { status: 200, headers: {} }],
    ["a field of three", { status: 200, headers: [["a", "b", "c"]] }],
    ["a field that is no text", { status: 200, headers: [["a", 1]] }],
    ["a name with a space", { status: 200, headers: [["a b", "c"]] }],
    ["two fields in one", { status: 200, headers: [["a", "b\r\nc: d"]] }],
    ["a length that is none", { status: 200, headers: [["content-length", "-1"]] }],
    [
      "two lengths",
      {
        status: 200,
        headers: [
          ["content-length", "1"],
          ["Content-Length", "2"],
        ],
      },
    ],
  ])("fails where the answer begins with %s", (_, head) => {
    const { request, read, answer } = serveOver(codec);
    const outcome = request();
    answer(head);
    expect(outcome.failure).toMatchObject({ code: "proxy/bad-response", reach: "target" });
    expect([outcome.told, read().at(-1)]).toMatchObject([["failed"], { t: "ABORT" }]);
    answer(ok);
    expect(outcome.told).toHaveLength(1);
  });

  it.each([
    ["longer than it says", [Buffer.from("abc")]],
    ["shorter than it says", [Buffer.from("a")]],
    ["no bytes", [{ a: 1 }]],
    ["not quite base64", [{ $base64: "a" }]],
  ])("fails where the body of the answer is %s", (_, parts) => {
    const { request, answer } = serveOver(codec);
    const outcome = request();
    answer({ status: 200, headers: [["content-length", "2"]] });
    for (const part of parts) answer(part);
    answer(undefined, true);
    expect(outcome.failure).toMatchObject({ code: "proxy/bad-response", reach: "answer" });
  });

  it("says how far it came where the client is lost, or aborts", () => {
    const stage = serveOver(codec);
    const refused = stage.request();
    const given = stage.request();
    const lost = stage.request();
    const begun = stage.request();
    stage.answer(ok, false, -4);
    stage.abortion("stream/rejected", false, -1);
    stage.abortion("stream/failed", true, -2);
    stage.streams.release(stage.client);
    expect([refused, given, lost, begun].map(({ failure }) => failure)).toEqual([
      { code: "proxy/unreachable", reason: ":stream/rejected", reach: "nothing" },
      { code: "proxy/bad-response", reason: ":stream/failed", reach: "target" },
      { code: "proxy/unreachable", reason: ":stream/peer-lost", reach: "target" },
      { code: "proxy/unreachable", reason: ":stream/peer-lost", reach: "answer" },
    ]);
  });

  it("may have been seen where its streamed body was begun, whatever the client says", async () => {
    const { request, abortion } = serveOver(codec);
    async function* produce() {
      yield Buffer.alloc(1);
    }
    const outcome = request({ method: "POST", body: produce() });
    await settle();
    abortion("stream/rejected", false);
    expect(outcome.failure).toMatchObject({ code: "proxy/unreachable", reach: "target" });
  });

  it("tells the client that nobody waits any more, and lets go of the body", async () => {
    const { request, read, answer } = serveOver(codec);
    let isLeft = false;
    async function* produce() {
      try {
        for (;;) yield Buffer.alloc(1);
      } finally {
        isLeft = true;
      }
    }
    const outcome = request({ method: "POST", body: produce() });
    await settle();
    outcome.abort();
    await settle();
    answer(ok);
    expect(read().at(-1)).toMatchObject({ t: "ABORT", d: { code: "stream/cancelled" } });
    expect([isLeft, outcome.told]).toEqual([true, []]);
  });

  it("is answered before all of it was sent, and the rest is not", async () => {
    const { request, read, answer } = serveOver(codec);
    async function* produce() {
      for (;;) yield Buffer.alloc(1);
    }
    const outcome = request({ method: "POST", body: produce() });
    await settle();
    answer({ status: 413, headers: [] }, true);
    expect(read().at(-1)).toMatchObject({ t: "ABORT", d: { code: "stream/cancelled" } });
    expect(outcome.told).toEqual(["head", "end"]);
  });

  it("is given up where its own body breaks off", async () => {
    const { request, read } = serveOver(codec);
    async function* produce() {
      yield Buffer.alloc(1);
      throw new Error("gone");
    }
    const outcome = request({ method: "POST", body: produce() });
    await settle();
    expect(read().at(-1)).toMatchObject({ t: "ABORT", d: { code: "stream/cancelled" } });
    expect(outcome.failure).toMatchObject({ code: "proxy/unreachable", reach: "target" });
  });

  it("fails, once that may be told, where the client takes no more streams or no more frames", () => {
    const { request, clock, outbox } = serveOver(codec, { ...limits, maxStreams: 1 });
    request();
    const outcome = request();
    expect(outcome.told).toEqual([]);
    clock.advance(0);
    expect(outcome.failure).toMatchObject({ code: "proxy/unreachable", reach: "nothing" });
    const full = serveOver(codec);
    full.outbox.full = true;
    const unsent = full.request({ method: "POST", body: Buffer.alloc(9) });
    full.clock.advance(0);
    expect([unsent.failure?.reach, outbox.frames.length]).toEqual(["nothing", 1]);
  });
});

describe("a client", () => {
  it("serves from when it says so until it takes that back, goes away or is forgotten", () => {
    const { servers, served, client, registry } = serveOver(jsonCodec);
    expect(served.find(client)).not.toBeNull();
    servers.set(client, false);
    expect(served.find(client)).toBeNull();
    servers.set(client, true);
    registry.leave(client);
    expect(served.find(client)).toBeNull();
    registry.join(client);
    expect(served.find(client)).not.toBeNull();
    servers.release(client);
    expect(served.find(client)).toBeNull();
  });
});
