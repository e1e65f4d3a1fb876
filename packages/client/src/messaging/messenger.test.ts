import { describe, expect, it } from "vitest";
import type { WireCodec } from "../codec/wire-codec.ts";
import { SingyeongError } from "../errors.ts";
import { type ExchangeStage, stageExchange } from "./exchange.kit.ts";
import type { Message } from "./message.ts";
import { createMessenger, type Messenger } from "./messenger.ts";
import { requestHeader } from "./reply-address.ts";

interface SentFrame {
  readonly op: number;
  readonly t: string;
  readonly d: Readonly<Record<string, unknown>>;
  readonly nonce?: string;
}

interface Stage extends ExchangeStage {
  readonly messenger: Messenger;
  /** Frames that were written to the connection that stands. */
  frames(): SentFrame[];
}

/** Frames as JSON; what holds a function cannot be sent. */
const codec: WireCodec = {
  encoding: "json",
  encode: (frame) =>
    JSON.stringify(frame, (_, value) => {
      if (typeof value === "function") throw new SingyeongError("client/invalid-value", "a function");
      return value;
    }),
  decode: () => null,
};

function stage(caps?: readonly string[]): Stage {
  const exchangeStage = stageExchange();
  exchangeStage.connect(caps);
  const messenger = createMessenger(exchangeStage.platform, codec, exchangeStage.exchange);
  return Object.defineProperties(exchangeStage as Stage, {
    messenger: { value: messenger },
    frames: { value: () => exchangeStage.link!.written.map((data) => JSON.parse(data as string)) },
  });
}

const target = { application: "api", ops: [] };
const inbox = { app: "gateway", inbox: "5f0c" };

describe("a message", () => {
  it("asks for a receipt, and says how many got it", async () => {
    const { messenger, frames, exchange } = stage();
    const sent = messenger.send("SEND", target, { a: 1 });
    const [frame] = frames();
    expect(frame).toEqual({
      op: 4,
      t: "SEND",
      d: { target, nonce: expect.any(String), payload: { a: 1 }, receipt: true },
    });
    exchange.receipt(frame!.d.nonce as string, { count: 2 });
    expect(await sent).toEqual({ count: 2 });
  });

  it("has a nonce of its own each time", () => {
    const { messenger, frames } = stage();
    for (let i = 0; i < 100; i++) void messenger.send("BROADCAST", target, i);
    expect(new Set(frames().map(({ d }) => d.nonce)).size).toBe(100);
  });

  it("has the nonce and the headers that its sender chose", () => {
    const { messenger, frames } = stage();
    void messenger.send("SEND", target, 1, { nonce: "mine", headers: { trace: "1" } });
    expect(frames()[0]!.d).toMatchObject({ nonce: "mine", headers: { trace: "1" } });
  });

  it("that asks for no receipt is done once it is written", async () => {
    const { messenger, frames, platform } = stage();
    expect(await messenger.send("SEND", target, 1, { receipt: false })).toEqual({ count: null });
    expect(frames()[0]!.d).toEqual({ target, nonce: null, payload: 1 });
    expect(platform.timers).toBe(0);
  });

  it("is done once it is written where the server gives no receipts", async () => {
    const { messenger } = stage([]);
    expect(await messenger.send("SEND", target, 1)).toEqual({ count: null });
  });

  it("fails by the server's refusal, by time and by a lost connection", async () => {
    const scene = stage();
    const refused = scene.messenger.send("SEND", target, 1, { nonce: "a" });
    scene.exchange.refuse("a", new SingyeongError("route/no-match", "nobody"));
    const late = scene.messenger.send("SEND", target, 1, { timeoutMs: 50 });
    scene.platform.step(50);
    const lost = scene.messenger.send("SEND", target, 1);
    scene.cut();
    await expect(refused).rejects.toMatchObject({ code: "route/no-match" });
    await expect(late).rejects.toMatchObject({ code: "client/timeout" });
    await expect(lost).rejects.toMatchObject({ code: "client/connection-lost" });
  });

  it("waits ten seconds for its receipt unless told otherwise", async () => {
    const { messenger, platform } = stage();
    const sent = messenger.send("SEND", target, 1);
    platform.step(9999);
    expect(platform.timers).toBe(1);
    platform.step(1);
    await expect(sent).rejects.toMatchObject({ code: "client/timeout" });
  });

  it("that cannot be sent is refused, and nothing is written", async () => {
    const { messenger, frames, platform } = stage();
    const { signal } = new AbortController();
    await expect(messenger.send("SEND", target, () => {}, { signal })).rejects.toMatchObject({
      code: "client/invalid-value",
    });
    expect(frames()).toEqual([]);
    expect(platform.timers).toBe(0);
  });

  it("that nobody awaits fails in silence", () => {
    const scene = stage();
    void scene.messenger.send("SEND", target, () => {});
    void scene.messenger.send("SEND", target, 1, { signal: AbortSignal.abort() });
    void scene.messenger.send("SEND", target, 1);
    scene.cut();
  });
});

describe("a signal", () => {
  it("that was aborted before has nothing sent", async () => {
    const { messenger, frames } = stage();
    const sent = messenger.send("SEND", target, 1, { signal: AbortSignal.abort("enough") });
    await expect(sent).rejects.toMatchObject({ code: "client/aborted", cause: "enough" });
    expect(frames()).toEqual([]);
  });

  it("takes back what still waits for a connection", async () => {
    const scene = stage();
    scene.link = null;
    const controller = new AbortController();
    const sent = scene.messenger.send("SEND", target, 1, { signal: controller.signal });
    controller.abort();
    await expect(sent).rejects.toMatchObject({ code: "client/aborted" });
    expect(scene.connect().written).toEqual([]);
    expect(scene.platform.timers).toBe(0);
  });

  it("that is a time limit is one", async () => {
    const { messenger, platform } = stage();
    const controller = new AbortController();
    const late = new DOMException("late", "TimeoutError");
    const sent = messenger.send("SEND", target, 1, { signal: controller.signal });
    controller.abort(late);
    const again = messenger.queryNodes(target, { signal: controller.signal });
    for (const refused of [sent, again]) {
      await expect(refused).rejects.toMatchObject({ code: "client/timeout", cause: late });
    }
    expect(platform.timers).toBe(0);
  });

  it("ends the wait for an answer", async () => {
    const { messenger, platform } = stage();
    const controller = new AbortController();
    const asked = messenger.request(target, 1, inbox, { signal: controller.signal });
    controller.abort();
    await expect(asked).rejects.toMatchObject({ code: "client/aborted" });
    expect(platform.timers).toBe(0);
  });

  it("means nothing once the answer is there", async () => {
    const { messenger, exchange } = stage();
    const controller = new AbortController();
    const sent = messenger.send("SEND", target, 1, { nonce: "a", signal: controller.signal });
    exchange.receipt("a", { count: 1 });
    const again = messenger.send("SEND", target, 2, { nonce: "a" });
    controller.abort();
    expect(await sent).toEqual({ count: 1 });
    exchange.receipt("a", { count: 2 });
    expect(await again).toEqual({ count: 2 });
  });
});

describe("a request", () => {
  it("says in its nonce where the answer goes and in a header that it is none, and is settled by the message that comes with it", async () => {
    const { messenger, frames, exchange } = stage();
    const asked = messenger.request(target, { q: 1 }, inbox, { headers: { trace: "1" } });
    const { t, d } = frames()[0]!;
    expect(t).toBe("SEND");
    expect(d.nonce).toMatch(/^gateway 5f0c \d+$/);
    expect(d).not.toHaveProperty("receipt");
    expect(d.headers).toEqual({ trace: "1", [requestHeader]: expect.any(String) });
    const answer = { payload: "answer" } as Message;
    exchange.answer(d.nonce as string, answer);
    expect(await asked).toBe(answer);
  });

  it("is another one each time", () => {
    const { messenger, frames } = stage();
    for (let i = 0; i < 10; i++) void messenger.request(target, 1, inbox);
    expect(new Set(frames().map(({ d }) => d.nonce)).size).toBe(10);
  });

  it("waits for its answer where the server gives no receipts as well", async () => {
    const { messenger, platform } = stage([]);
    const asked = messenger.request(target, 1, inbox, { timeoutMs: 20 });
    platform.step(20);
    await expect(asked).rejects.toMatchObject({ code: "client/timeout" });
  });
});

describe("a reply", () => {
  it("goes to whoever has the inbox, with the nonce of the request", async () => {
    const { messenger, frames, exchange } = stage();
    const replied = messenger.reply(inbox, "gateway 5f0c 3", "answer", { nonce: "other" });
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

describe("a query", () => {
  it("is the frame's content, with the nonce beside it", async () => {
    const { messenger, frames, exchange } = stage();
    const asked = messenger.queryNodes(target);
    expect(frames()[0]).toEqual({ op: 4, t: "QUERY_NODES", d: target, nonce: expect.any(String) });
    exchange.answer(frames()[0]!.nonce!, { nodes: [1] });
    expect(await asked).toEqual({ nodes: [1] });
  });

  it("is asked again where its connection was lost", async () => {
    const scene = stage();
    const asked = scene.messenger.queryNodes(target);
    scene.cut();
    scene.connect();
    expect(scene.frames()).toHaveLength(1);
    scene.exchange.answer(scene.frames()[0]!.nonce!, { nodes: [] });
    expect(await asked).toEqual({ nodes: [] });
  });
});

describe("what is asked for after the end", () => {
  it("fails with it at once, and leaves no timer", async () => {
    const { messenger, exchange, platform } = stage();
    exchange.close(new SingyeongError("client/closed", "closed"));
    const code = "client/closed";
    await expect(messenger.send("SEND", target, 1)).rejects.toMatchObject({ code });
    await expect(messenger.reply(inbox, "gateway 5f0c 3", 1)).rejects.toMatchObject({ code });
    await expect(messenger.request(target, 1, inbox)).rejects.toMatchObject({ code });
    await expect(messenger.queryNodes(target)).rejects.toMatchObject({ code });
    expect(platform.timers).toBe(0);
  });
});

describe("an update of metadata", () => {
  it("is answered by the server's word", () => {
    const { messenger, frames, exchange } = stage();
    const answers: (SingyeongError | null)[] = [];
    const changes = { load: { type: "integer", value: 1 }, gone: null };
    for (let i = 0; i < 2; i++) messenger.updateMetadata(changes, (error) => void answers.push(error));
    expect(frames()[0]).toEqual({ op: 4, t: "UPDATE_METADATA", d: changes, nonce: expect.any(String) });
    const refusal = new SingyeongError("metadata/invalid", "no");
    exchange.receipt(frames()[0]!.nonce!, {});
    exchange.refuse(frames()[1]!.nonce!, refusal);
    expect(answers).toEqual([null, refusal]);
  });

  it("that cannot be sent fails, and nothing is written", () => {
    const { messenger, frames, platform } = stage();
    const answers: (SingyeongError | null)[] = [];
    messenger.updateMetadata({ call: () => {} }, (error) => void answers.push(error));
    expect(answers).toMatchObject([{ code: "client/invalid-value" }]);
    expect([frames(), platform.timers]).toEqual([[], 0]);
  });

  it("is taken for granted where the server gives no receipts", () => {
    const answers: (SingyeongError | null)[] = [];
    stage([]).messenger.updateMetadata({}, (error) => void answers.push(error));
    expect(answers).toEqual([null]);
  });
});
