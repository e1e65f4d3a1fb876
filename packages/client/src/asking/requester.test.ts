import { describe, expect, it } from "vitest";
import { SingyeongError } from "../errors.ts";
import type { Message, RequestOptions } from "../messaging/message.ts";
import { createSteppedPlatform } from "../platform/stepped.kit.ts";
import { createMetadataRegister, type WireChanges } from "../registration/metadata-register.ts";
import type { PostRequest } from "./post-request.ts";
import { createRequester } from "./requester.ts";

const answer = { payload: "answer" } as Message;

function stage() {
  const platform = createSteppedPlatform();
  const updates: WireChanges[] = [];
  const answers: ((error: SingyeongError | null) => void)[] = [];
  const requests: unknown[][] = [];
  const register = createMetadataRegister({}, (changes, answered) => {
    updates.push(changes);
    answers.push(answered);
    return true;
  });
  const post: PostRequest = async (...request) => {
    requests.push(request);
    return answer;
  };
  const change = { reply_inbox: { type: "string", value: "5f0c" } } as const;
  const requester = createRequester(
    platform,
    1000,
    post,
    () =>
      new Promise((resolve, reject) =>
        register.change(change, (error) => (error === null ? resolve() : reject(error))),
      ),
  );
  return { platform, updates, answers, requests, register, requester };
}

const target = { application: "api" };

describe("the first request", () => {
  it("registers the inbox, and leaves once the server has taken that", async () => {
    const { updates, answers, requests, requester } = stage();
    const asked = requester.request(target, { q: 1 }, { timeoutMs: 5 });
    expect(updates).toEqual([{ reply_inbox: { type: "string", value: "5f0c" } }]);
    expect(requests).toEqual([]);
    answers[0]!(null);
    expect(await asked).toBe(answer);
    expect(requests).toEqual([[target, { q: 1 }, { timeoutMs: 5 }]]);
  });

  it("registers it for all that follow, which keep their order", async () => {
    const { updates, answers, requests, requester } = stage();
    const asked = [1, 2, 3].map((payload) => requester.request(target, payload));
    answers[0]!(null);
    await Promise.all(asked);
    await requester.request(target, 4);
    expect(updates).toHaveLength(1);
    expect(requests.map(([, payload]) => payload)).toEqual([1, 2, 3, 4]);
  });

  it("fails with the server's refusal, in silence where nobody awaits it, and the next one tries anew", async () => {
    const { answers, requests, requester } = stage();
    const refusal = new SingyeongError("metadata/too-large", "no");
    void requester.request(target, 0);
    const refused = requester.request(target, 1);
    answers[0]!(refusal);
    await expect(refused).rejects.toBe(refusal);
    const asked = requester.request(target, 2);
    answers[1]!(null);
    await asked;
    expect(requests.map(([, payload]) => payload)).toEqual([2]);
  });

  it("fails where the end comes first", async () => {
    const { register, requests, requester } = stage();
    const asked = requester.request(target, 1);
    const closed = new SingyeongError("client/closed", "closed");
    register.close(closed);
    await expect(asked).rejects.toBe(closed);
    expect(requests).toEqual([]);
  });
});

describe("while its inbox is being registered, a request", () => {
  it("is given up with its own signal, which leaves the others waiting", async () => {
    const { platform, updates, answers, requests, requester } = stage();
    const controller = new AbortController();
    const asked = requester.request(target, 1, { signal: controller.signal });
    const other = requester.request(target, 2);
    controller.abort("enough");
    await expect(asked).rejects.toMatchObject({ code: "client/aborted", cause: "enough" });
    answers[0]!(null);
    await other;
    expect([updates.length, platform.timers]).toEqual([1, 0]);
    expect(requests.map(([, payload]) => payload)).toEqual([2]);
  });

  it.each<[string, RequestOptions, number]>([
    ["its time is up", { timeoutMs: 50 }, 50],
    ["messages may wait no longer, where it has no time of its own,", {}, 1000],
  ])("is given up once %s and leaves no timer", async (_, options, ms) => {
    const { platform, requests, requester } = stage();
    const asked = requester.request(target, 1, options);
    platform.step(ms - 1);
    expect(platform.timers).toBe(1);
    platform.step(1);
    await expect(asked).rejects.toMatchObject({ code: "client/timeout" });
    expect([platform.timers, requests]).toEqual([0, []]);
  });

  it("whose signal was aborted before is not sent", async () => {
    const { requests, requester } = stage();
    const asked = requester.request(target, 1, { signal: AbortSignal.abort() });
    await expect(asked).rejects.toMatchObject({ code: "client/aborted" });
    expect(requests).toEqual([]);
  });
});

describe("a client that never asks", () => {
  it("has no inbox", () => {
    expect(stage().updates).toEqual([]);
  });
});
