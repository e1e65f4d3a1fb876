import { describe, expect, it } from "vitest";
import { type ClientStage, settle, stageClient, watch } from "./create-client.kit.ts";
import type { ConnectOptions } from "./options/options.ts";

/** A client of a server that lets it resume. */
function stand(given?: ConnectOptions<never>): ClientStage {
  const stage = stageClient(given);
  stage.start();
  stage.admit(undefined, undefined, { session: "s1" });
  stage.platform.step(1000);
  return stage;
}

const receipt = (stage: ClientStage, n: number, count = 1): void => {
  const { nonce } = stage.sockets[0]!.of("SEND")[n]!.d;
  stage.dispatch("DISPATCHED", { nonce, count });
};

describe("a client whose connection breaks and is resumed", () => {
  it("says so, and is not connected in between", () => {
    const stage = stand();
    const told: unknown[] = [];
    stage.client.on("connected", ({ again, resumed }) => void told.push(again, resumed));
    stage.cut();
    expect(stage.client.connected).toBe(false);
    stage.resume(0);
    expect([stage.client.connected, told]).toEqual([true, [true, true]]);
  });

  it("gets receipts on the new connection for what it sent on the old one, which it sends once more where it has not arrived", async () => {
    const stage = stand();
    const sent = [1, 2].map((payload) => watch(stage.client.send("api", payload)));
    stage.cut();
    await settle();
    expect(sent.map(({ value }) => value)).toEqual(["pending", "pending"]);
    stage.resume(1);
    expect(stage.socket.of("SEND").map(({ d }) => d.payload)).toEqual([2]);
    receipt(stage, 0);
    receipt(stage, 1);
    await settle();
    expect(sent.map(({ value }) => value)).toEqual([{ count: 1 }, { count: 1 }]);
  });

  it("sends what was asked for meanwhile after what was under way", () => {
    const stage = stand();
    void stage.client.send("api", 1, { receipt: false });
    stage.cut();
    void stage.client.send("api", 2, { receipt: false });
    stage.resume(0);
    expect(stage.socket.of("SEND").map(({ d }) => d.payload)).toEqual([1, 2]);
  });

  it("gets the answer to a request that came before the breach, or after it", async () => {
    const stage = stand();
    const answer = watch(stage.client.request("api", "question").then(({ payload }) => payload));
    await settle();
    stage.takeMetadata();
    await settle();
    const { nonce } = stage.socket.of("SEND")[0]!.d;
    stage.cut();
    stage.resume(2);
    expect(stage.socket.of("SEND")).toEqual([]);
    stage.dispatch("SEND", { nonce, payload: "answer" });
    await settle();
    expect(answer.value).toBe("answer");
  });

  it("changes its metadata once, whether the change had arrived or not, and those made meanwhile after it", async () => {
    const stage = stand();
    const first = watch(stage.client.metadata.set({ load: 1 } as never));
    await settle();
    stage.cut();
    const second = watch(stage.client.metadata.set({ load: 2 } as never));
    stage.resume(0);
    expect(stage.socket.of("UPDATE_METADATA")).toHaveLength(1);
    stage.takeMetadata();
    await settle();
    stage.takeMetadata();
    await settle();
    expect([first.value, second.value]).toEqual([undefined, undefined]);
    expect(stage.socket.of("UPDATE_METADATA").map(({ d }) => d)).toMatchObject([
      { load: { value: 1 } },
      { load: { value: 2 } },
    ]);
    expect(stage.client.metadata.current).toEqual({ load: 2 });
  });

  it("gets each message once", async () => {
    const stage = stand();
    const got: unknown[] = [];
    stage.client.messages(({ payload }) => void got.push(payload));
    const say = (seq: number): void => stage.say({ op: 4, t: "SEND", seq, d: { payload: seq } });
    say(1);
    stage.cut();
    stage.platform.step(1000);
    stage.say({ op: 0, d: { heartbeat_interval: 45_000 } });
    expect(stage.socket.sent.at(-1)?.d).toMatchObject({ resume: { session: "s1", seq: 1 } });
    stage.resume(0);
    for (const seq of [1, 2, 2, 3]) say(seq);
    await settle();
    expect(got).toEqual([1, 2, 3]);
  });

  it("drains what was under way", async () => {
    const stage = stand();
    const sent = watch(stage.client.send("api", 1));
    stage.cut();
    const drained = watch(stage.client.drain());
    await settle();
    stage.resume(0);
    receipt(stage, 0);
    await settle();
    await settle();
    expect([sent.value, drained.value]).toEqual([{ count: 1 }, undefined]);
  });
});

describe("a client that cannot resume", () => {
  it("loses what was under way once that is certain, and sends what waited", async () => {
    const stage = stand();
    const missed: number[] = [];
    stage.client.on("missed", ({ count }) => void missed.push(count));
    const written = watch(stage.client.send("api", 1));
    stage.cut();
    const waited = watch(stage.client.send("api", 2));
    await settle();
    expect([written.value, waited.value]).toEqual(["pending", "pending"]);
    stage.platform.step(1000);
    stage.admit(undefined, undefined, { session: "s2", resumed: false, missed: 3 });
    await settle();
    expect([written.value, waited.value, missed]).toEqual(["client/connection-lost", "pending", [3]]);
    expect(stage.socket.of("SEND").map(({ d }) => d.payload)).toEqual([2]);
  });

  it("loses it after the time that the server gave, where nobody answers", async () => {
    const stage = stageClient();
    stage.start();
    stage.admit(undefined, { resume_ms: 5000 }, { session: "s1" });
    const written = watch(stage.client.send("api", 1));
    stage.cut();
    stage.platform.step(4999);
    await settle();
    expect(written.value).toBe("pending");
    stage.platform.step(1);
    await settle();
    expect(written.value).toBe("client/connection-lost");
  });

  it("loses it by its own end where it is closed meanwhile", async () => {
    const stage = stand();
    const written = watch(stage.client.send("api", 1));
    stage.cut();
    await stage.client.close();
    await settle();
    expect([written.value, stage.platform.timers]).toEqual(["client/closed", 0]);
  });
});
