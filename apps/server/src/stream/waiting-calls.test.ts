import { msgpackCodec } from "@singyeong/protocol/codec";
import { expect, it } from "vitest";
import { ownCall } from "./waiting-calls.ts";

it("keeps nothing of the frame that a call came in", () => {
  const frame = new Uint8Array(100);
  const part = frame.subarray(10, 20);
  const raws = { to: { target: part }, method: part, payload: part, headers: part, payloadCodec: part };
  const own = ownCall({ codec: msgpackCodec, ...raws, end: true, credit: 0, deadlineMs: 0, waitMs: 1 });
  expect(own).not.toHaveProperty("to");
  for (const raw of [own.method, own.payload, own.headers, own.payloadCodec]) {
    expect(raw).toEqual(part);
    expect((raw as Uint8Array).buffer).not.toBe(frame.buffer);
  }
});
