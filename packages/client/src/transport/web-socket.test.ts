import { describe, expect, it, vi } from "vitest";
import { type StandardWebSocket, wrapWebSocket } from "./web-socket.ts";

/** A socket of the web standard whose other end is the test. */
class FakeWebSocket implements StandardWebSocket {
  binaryType = "blob";
  bufferedAmount = 0;
  readyState = 0;
  onmessage: StandardWebSocket["onmessage"] = null;
  onerror: StandardWebSocket["onerror"] = null;
  onclose: StandardWebSocket["onclose"] = null;
  readonly sent: unknown[] = [];
  readonly closings: (number | undefined)[] = [];
  send(data: string | Uint8Array): void {
    if (this.readyState !== 1) throw new Error("InvalidStateError");
    this.sent.push(data);
  }
  close(code?: number): void {
    this.closings.push(code);
  }
}

function stage(raw: FakeWebSocket & { terminate?(): void } = new FakeWebSocket()) {
  const [message, ended] = [vi.fn(), vi.fn()];
  const socket = wrapWebSocket(raw, { message, ended });
  raw.readyState = 1;
  return { raw, message, ended, socket };
}

describe("a wrapped WebSocket", () => {
  it("hands text on as text and bytes as bytes", () => {
    const { raw, message } = stage();
    expect(raw.binaryType).toBe("arraybuffer");
    raw.onmessage!({ data: "text" });
    raw.onmessage!({ data: new Uint8Array([1, 2]).buffer });
    expect(message.mock.calls).toEqual([["text"], [new Uint8Array([1, 2])]]);
  });

  it("sends while it is open, and does no harm before and after", () => {
    const { raw, socket } = stage();
    for (const state of [0, 1, 2, 3]) {
      raw.readyState = state;
      socket.send(`in state ${state}`);
    }
    expect(raw.sent).toEqual(["in state 1"]);
  });

  it("knows what has not left yet", () => {
    const { raw, socket } = stage();
    raw.bufferedAmount = 17;
    expect(socket.bufferedBytes).toBe(17);
  });

  it("tells of its end with the code, and with the reason, or else with what went wrong before", () => {
    const [said, unsaid, silent] = [stage(), stage(), stage()];
    said.raw.onerror!({ message: "odd" });
    said.raw.onclose!({ code: 1001, reason: "drain" });
    unsaid.raw.onerror!({ message: "connect ECONNREFUSED" });
    unsaid.raw.onclose!({ code: 1006, reason: "" });
    silent.raw.onerror!({});
    silent.raw.onclose!({ code: 1006, reason: "" });
    const calls = [said, unsaid, silent].flatMap(({ ended }) => ended.mock.calls);
    expect(calls).toEqual([
      [1001, "drain"],
      [1006, "connect ECONNREFUSED"],
      [1006, ""],
    ]);
  });

  it("closes in a civil way, and tells of its end when the peer has answered", () => {
    const { raw, ended, socket } = stage();
    socket.close();
    expect(raw.closings).toEqual([1000]);
    expect(ended).not.toHaveBeenCalled();
    raw.onclose!({ code: 1000, reason: "" });
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it("calls nobody once it was let go, and cuts the connection where that can be done", () => {
    const standard = stage();
    standard.socket.abandon();
    expect(standard.raw.closings).toHaveLength(1);
    const terminate = vi.fn();
    const cutting = stage(Object.assign(new FakeWebSocket(), { terminate }));
    cutting.socket.abandon();
    expect(terminate).toHaveBeenCalledTimes(1);
    expect(cutting.raw.closings).toEqual([]);
    for (const { raw, message, ended } of [standard, cutting]) {
      raw.onmessage?.({ data: "late" });
      raw.onerror?.({ message: "late" });
      raw.onclose?.({ code: 1006, reason: "" });
      expect(message).not.toHaveBeenCalled();
      expect(ended).not.toHaveBeenCalled();
    }
  });

  it("has nothing left to cut once it has ended", () => {
    const { raw, socket } = stage();
    raw.onclose!({ code: 1006, reason: "" });
    socket.abandon();
    expect(raw.closings).toEqual([]);
  });
});
