import { describe, expect, it } from "vitest";
import type { Message } from "../messaging/message.ts";
import { stageMessenger } from "../messaging/messenger.kit.ts";
import { requestHeader } from "../messaging/reply-address.ts";
import { createPostRequest } from "./post-request.ts";

const target = { application: "api", ops: [] };

function stage(caps?: readonly string[]) {
  const scene = stageMessenger(caps);
  return Object.assign(scene, {
    post: createPostRequest(scene.messenger, { app: "gateway", inbox: "5f0c" }, (answer) => answer as never),
  });
}

describe("a request", () => {
  it("says in its nonce where the answer goes and in a header that it is none, and is settled by the message that comes with it", async () => {
    const { post, frames, exchange } = stage();
    const asked = post(target, { q: 1 }, { headers: { trace: "1" } });
    const { t, d } = frames()[0]!;
    expect(t).toBe("SEND");
    expect(d.nonce).toMatch(/^gateway 5f0c \d+$/);
    expect(d).not.toHaveProperty("receipt");
    expect(d.headers).toEqual({ trace: "1", [requestHeader]: expect.any(String) });
    const answer = { payload: "answer" } as Message;
    exchange.answer(d.nonce as string, answer);
    expect(await asked).toBe(answer);
  });

  it("has a payload of null where it has none", () => {
    const { post, frames } = stage();
    void post(target, undefined);
    expect(frames()[0]!.d.payload).toBeNull();
  });

  it("is another one each time", () => {
    const { post, frames } = stage();
    for (let i = 0; i < 10; i++) void post(target, 1);
    expect(new Set(frames().map(({ d }) => d.nonce)).size).toBe(10);
  });

  it("waits for its answer where the server gives no receipts as well", async () => {
    const { post, platform } = stage([]);
    const asked = post(target, 1, { timeoutMs: 20 });
    platform.step(20);
    await expect(asked).rejects.toMatchObject({ code: "client/timeout" });
  });

  it("is given up with its signal", async () => {
    const { post, platform } = stage();
    const controller = new AbortController();
    const asked = post(target, 1, { signal: controller.signal });
    controller.abort();
    await expect(asked).rejects.toMatchObject({ code: "client/aborted" });
    expect(platform.timers).toBe(0);
  });
});
