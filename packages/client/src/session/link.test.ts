import { describe, expect, it } from "vitest";
import type { Frame, WireCodec } from "../codec/wire-codec.ts";
import type { SingyeongError } from "../errors.ts";
import type { Server } from "../options/servers.ts";
import { createSteppedPlatform } from "../platform/stepped.kit.ts";
import type { SocketHandlers, SocketRequest } from "../transport/socket.ts";
import type { Admission } from "./answers.ts";
import { openLink } from "./link.ts";

const codec: WireCodec = {
  encoding: "json",
  encode: (frame) => JSON.stringify(frame),
  decode: (data) => (data === "garbage" ? null : (JSON.parse(data as string) as Frame)),
};
const server = { name: "host:4567", wsUrl: "ws://host:4567/gateway/websocket" } as Server;
const intervalMs = 1000;
const hello = { op: 0, d: { heartbeat_interval: intervalMs } };
const ready = { op: 2, d: { client_id: "1", restricted: false, caps: ["receipt"] } };

/** A link whose socket is the test. */
function stage() {
  const platform = createSteppedPlatform();
  const told: unknown[][] = [];
  const errors: SingyeongError[] = [];
  const sent: unknown[] = [];
  let [request, socket] = [null as SocketRequest | null, null as SocketHandlers | null];
  const state = { closed: 0, abandoned: 0, buffered: 0, beats: 0, broken: false };
  const link = openLink(
    {
      server,
      id: "1",
      codec,
      headers: { trace: "1" },
      tls: null,
      platform,
      openSocket(asked, handlers) {
        [request, socket] = [asked, handlers];
        return {
          send: (data) => void sent.push(JSON.parse(data as string)),
          get bufferedBytes() {
            return state.buffered;
          },
          close: () => void state.closed++,
          abandon: () => void state.abandoned++,
        };
      },
    },
    {
      hello: () => void told.push(["hello"]),
      ready: (admission: Admission) => void told.push(["ready", admission]),
      dispatch: (frame) => void told.push(["dispatch", frame]),
      goodbye: (reason) => void told.push(["goodbye", reason]),
      beat: () => void state.beats++,
      latency: (ms) => void told.push(["latency", ms]),
      ended(error, broken) {
        told.push(["ended"]);
        errors.push(error);
        state.broken = broken === true;
      },
    },
  );
  const receive = (...frames: readonly object[]): void => {
    for (const frame of frames) socket!.message(JSON.stringify(frame));
  };
  return { platform, told, errors, sent, state, link, receive, request: request!, socket: socket! };
}

describe("a link", () => {
  it("asks for the encoding it speaks, with the headers it was given", () => {
    expect(stage().request).toEqual({
      url: "ws://host:4567/gateway/websocket?encoding=json",
      headers: { trace: "1" },
      tls: null,
    });
  });

  it("is greeted, introduces itself and is let in", () => {
    const { told, sent, link, receive } = stage();
    receive(hello);
    expect(told).toEqual([["hello"]]);
    link.introduce({ client_id: "1" });
    expect(sent).toEqual([{ op: 1, d: { client_id: "1" } }]);
    expect(link.admission).toBeNull();
    receive(ready);
    const admission = {
      restricted: false,
      caps: new Set(["receipt"]),
      node: null,
      maxFrameBytes: Number.POSITIVE_INFINITY,
    };
    expect(told).toEqual([["hello"], ["ready", admission]]);
    expect(link.admission).toEqual(admission);
  });

  it("beats from the moment it is let in, and tells the round trip", () => {
    const { platform, told, sent, state, receive } = stage();
    receive(hello);
    platform.step(5000);
    expect(sent).toEqual([]);
    receive(ready);
    expect(sent).toEqual([{ op: 5, d: { client_id: "1" } }]);
    platform.step(30);
    receive({ op: 6, d: { client_id: "1" } });
    expect(told.at(-1)).toEqual(["latency", 30]);
    platform.step(intervalMs - 30);
    expect(sent).toHaveLength(2);
    expect(state.beats).toBe(2);
  });

  it("passes on dispatches and refusals as they are", () => {
    const { told, receive } = stage();
    const frames = [
      { op: 4, t: "SEND", d: { payload: 1 } },
      { op: 3, d: { code: "route/no-match" } },
    ];
    receive(hello, ready, ...frames);
    expect(told.slice(2)).toEqual(frames.map((frame) => ["dispatch", frame]));
  });

  it("tells of a goodbye, with a reason or without", () => {
    const { told, receive } = stage();
    receive(hello, ready, { op: 7, d: { reason: "drain" } }, { op: 7 });
    expect(told.slice(2)).toEqual([
      ["goodbye", "drain"],
      ["goodbye", ""],
    ]);
  });

  it("hands frames to its socket, and knows what waits there", () => {
    const { link, sent, state } = stage();
    link.write('{"op":4}');
    expect(sent).toEqual([{ op: 4 }]);
    state.buffered = 17;
    expect(link.bufferedBytes).toBe(17);
    link.close();
    expect(state).toMatchObject({ closed: 1, abandoned: 0 });
  });

  it("tells the server what was got", () => {
    const { sent, link } = stage();
    link.confirm(17);
    expect(sent).toEqual([{ op: 4, t: "RECEIVED", d: { seq: 17 } }]);
  });

  it("ignores a ready that no hello came before, a second ready, and ops that it does not know", () => {
    const { told, receive } = stage();
    receive(ready);
    expect(told).toEqual([]);
    receive(hello, ready, ready, { op: 17 }, { op: "4" }, {}, { op: 6 });
    expect(told.map(([what]) => what)).toEqual(["hello", "ready", "latency"]);
  });
});

describe("the end of a link", () => {
  it("before hello says that the server cannot be reached, after it that the connection was lost", () => {
    const unreached = stage();
    unreached.socket.ended(1006, "connect ECONNREFUSED");
    expect(unreached.errors).toMatchObject([{ code: "client/unreachable", retry: "later" }]);
    expect(unreached.errors[0]!.message).toContain("connect ECONNREFUSED");
    expect(unreached.errors[0]!.message).toContain("host:4567");
    const lost = stage();
    lost.receive(hello);
    lost.socket.ended(1001, "");
    expect(lost.errors).toMatchObject([{ code: "client/connection-lost", retry: "later" }]);
  });

  it("comes with the server's own mistake or refusal where it says so", () => {
    const { errors, state, receive } = stage();
    receive(hello, { op: 8, d: { code: "identify/duplicate", error: "1: already registered for app api" } });
    expect(errors).toMatchObject([{ code: "identify/duplicate", retry: "later" }]);
    expect(state.abandoned).toBe(1);
  });

  it.each<[string, readonly (object | string)[]]>([
    ["a frame that cannot be read", ["garbage"]],
    ["a hello without an interval", [{ op: 0, d: {} }]],
    ["a hello with one that makes no sense", [{ op: 0, d: { heartbeat_interval: 0 } }]],
  ])("comes where the server speaks something else: %s", (_, frames) => {
    const { errors, state, socket } = stage();
    for (const frame of frames) socket.message(typeof frame === "string" ? frame : JSON.stringify(frame));
    expect(errors).toMatchObject([{ code: "client/protocol", retry: "reconnect" }]);
    expect(state.abandoned).toBe(1);
  });

  it.each<[number, boolean]>([
    [1000, false],
    [1001, false],
    [1002, false],
    [1003, false],
    [1005, true],
    [1006, true],
    [1007, false],
    [1009, false],
    [1011, true],
    [1012, true],
    [4000, true],
  ])("by the close code %i counts as a breach: %s", (code, broken) => {
    const { state, receive, socket } = stage();
    receive(hello, ready);
    socket.ended(code, "");
    expect(state.broken).toBe(broken);
  });

  it("by the server's silence counts as a breach, by its mistake or refusal it does not", () => {
    const silent = stage();
    silent.receive(hello, ready);
    silent.platform.step(intervalMs);
    expect(silent.state.broken).toBe(true);
    const refused = stage();
    refused.receive(hello, ready, { op: 8, d: { code: "heartbeat/missed", error: "no" } });
    expect(refused.state.broken).toBe(false);
    const mistaken = stage();
    mistaken.receive(hello, ready);
    mistaken.socket.message("garbage");
    expect(mistaken.state.broken).toBe(false);
  });

  it("comes where the server is silent for an interval", () => {
    const { platform, errors, receive } = stage();
    receive(hello, ready);
    platform.step(intervalMs);
    expect(errors).toMatchObject([{ code: "client/connection-lost" }]);
    expect(platform.timers).toBe(0);
  });

  it("does not come by silence while frames come", () => {
    const { platform, errors, receive } = stage();
    receive(hello, ready);
    for (let i = 0; i < 5; i++) {
      receive({ op: 4, t: "SEND", d: {} });
      platform.step(intervalMs);
    }
    expect(errors).toEqual([]);
  });

  it("is told once, takes the heartbeat along, and nothing comes after it", () => {
    const { platform, told, socket, receive } = stage();
    receive(hello, ready);
    socket.ended(1006, "");
    socket.ended(1006, "");
    receive({ op: 4, t: "SEND", d: {} }, { op: 8, d: {} });
    platform.step(10 * intervalMs);
    expect(told.map(([what]) => what)).toEqual(["hello", "ready", "ended"]);
    expect(platform.timers).toBe(0);
  });

  it("is not told where it was let go", () => {
    const { platform, told, state, link, socket, receive } = stage();
    receive(hello, ready);
    link.abandon();
    receive({ op: 4, t: "SEND", d: {} });
    socket.ended(1006, "");
    platform.step(10 * intervalMs);
    expect(told.map(([what]) => what)).toEqual(["hello", "ready"]);
    expect(platform.timers).toBe(0);
    expect(state.abandoned).toBe(1);
  });
});
