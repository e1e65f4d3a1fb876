import { describe, expect, it } from "vitest";
import { stageMessenger as stage } from "./messenger.kit.ts";
import { createReply } from "./reply.ts";

const inbox = { app: "gateway", inbox: "5f0c" };

describe("a reply", () => {
  it("goes to whoever has the inbox, with the nonce of the request", async () => {
    const { messenger, frames, exchange } = stage();
    const replied = createReply(messenger)(inbox, "gateway 5f0c 3", "answer", { nonce: "other" });
    expect(frames()[0]).toMatchObject({
      t: "SEND",
      d: {
        target: { application: "gateway", ops: [{ path: "/reply_inbox", op: "$eq", to: { value: "5f0c" } }] },
        nonce: "gateway 5f0c 3",
        payload: "answer",
      },
    });
    exchange.receipt("gateway 5f0c 3", { count: 1 });
    expect(await replied).toEqual({ count: 1 });
  });
});
