import { describe, expect, it, vi } from "vitest";
import { type Reply, receiveMessage } from "./received-message.ts";
import { requestHeader } from "./reply-address.ts";

const receive = (d: object, reply: Reply = vi.fn()) =>
  receiveMessage({ event: "SEND", frame: { op: 4, t: "SEND", ts: 1_700_000_000_000, d }, payload: "payload" }, reply);

describe("a message that came", () => {
  it("has what its frame says, and the payload as it was read", () => {
    const message = receive({ nonce: "n", headers: { trace: "1" }, payload: "raw", target: null });
    expect(message).toMatchObject({
      event: "SEND",
      payload: "payload",
      nonce: "n",
      headers: { trace: "1" },
      sentAtMs: 1_700_000_000_000,
      wantsReply: false,
    });
  });

  it("has the sender's headers without the one that is only between clients, and they are its own", () => {
    const headers = { trace: "1", [requestHeader]: "true" };
    expect(receive({ headers }).headers).toEqual({ trace: "1" });
    expect(receive({ headers: { [requestHeader]: "true" } }).headers).toEqual({});
    expect(headers).toHaveProperty(requestHeader);
  });

  it("has neither nonce nor headers where its sender gave none", () => {
    for (const d of [{}, { nonce: null, headers: null }]) {
      expect(receive(d)).toMatchObject({ nonce: null, headers: {}, wantsReply: false });
    }
  });

  it("keeps a nonce that is no text", () => {
    expect(receive({ nonce: 17 }).nonce).toBe(17);
    expect(receive({ nonce: { a: 1 } }).nonce).toEqual({ a: 1 });
    expect(receive({ nonce: false }).nonce).toBe(false);
  });

  it("is answered where its nonce says", async () => {
    const reply = vi.fn<Reply>(async () => ({ count: 1 }));
    const message = receive({ nonce: "gateway inbox 7" }, reply);
    expect(message.wantsReply).toBe(true);
    expect(await message.reply({ width: 1 }, { timeoutMs: 5 })).toEqual({ count: 1 });
    const to = { app: "gateway", inbox: "inbox" };
    expect(reply.mock.calls).toEqual([[to, "gateway inbox 7", { width: 1 }, { timeoutMs: 5 }]]);
  });

  it("is not answered where it asks for no answer, and says so to whoever awaits that", async () => {
    const reply = vi.fn();
    const message = receive({ nonce: "n" }, reply);
    void message.reply("unawaited");
    await expect(message.reply("awaited")).rejects.toMatchObject({ code: "client/invalid-value" });
    expect(reply).not.toHaveBeenCalled();
  });
});
