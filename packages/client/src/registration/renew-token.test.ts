import { describe, expect, it } from "vitest";
import { type ClientStage, settle, stageClient } from "../create-client.kit.ts";
import type { ConnectOptions } from "../options/options.ts";

const hello = { op: 0, d: { heartbeat_interval: 1e15 } };
const ready = (more: object) => ({ op: 2, d: { restricted: false, caps: ["auth"], ...more } });

interface Scene extends ClientStage {
  /** Codes of what was reported. */
  readonly reports: string[];
  readonly asked: number;
  /** Tokens that were sent to renew the one in force. */
  renewals(): readonly unknown[];
}

/** A client that gives `token1`, `token2` …, unless `ask` says otherwise, and that was let in for `expiresMs`. */
async function stand(expiresMs: unknown, ask?: (count: number) => string | Promise<string>): Promise<Scene> {
  let asked = 0;
  const auth = (): string | Promise<string> => {
    asked++;
    return ask?.(asked) ?? `token${asked}`;
  };
  const stage = stageClient({ auth } satisfies ConnectOptions<never>);
  const reports: string[] = [];
  stage.client.on("error", ({ error }) => void reports.push(error.code));
  stage.start();
  stage.say(hello);
  await settle();
  stage.say(ready({ expires_ms: expiresMs }));
  return {
    ...stage,
    get socket() {
      return stage.socket;
    },
    get asked() {
      return asked;
    },
    reports,
    renewals: () => stage.sockets.flatMap((socket) => socket.of("AUTHENTICATE").map(({ d }) => d.token)),
  };
}

async function pass(scene: Scene, ms: number): Promise<void> {
  scene.platform.step(ms);
  await settle();
}

describe("a token", () => {
  it("is asked for when the server says hello, and named in what introduces the client", async () => {
    const scene = await stand(null);
    expect(scene.socket.sent.find(({ op }) => op === 1)?.d).toMatchObject({
      auth: "token1",
      caps: expect.arrayContaining(["auth"]),
    });
    expect(scene.asked).toBe(1);
  });

  it("is asked for anew at each attempt", async () => {
    const scene = await stand(null);
    scene.cut();
    await pass(scene, 1000);
    scene.say(hello);
    await settle();
    expect(scene.socket.sent[0]?.d).toMatchObject({ auth: "token2" });
  });

  it("is renewed at 80 % of its life, and so is the next one", async () => {
    const scene = await stand(100_000);
    await pass(scene, 79_999);
    expect(scene.renewals()).toEqual([]);
    await pass(scene, 1);
    expect(scene.renewals()).toEqual(["token2"]);
    scene.dispatch("AUTHENTICATED", { expires_ms: 10_000 });
    await pass(scene, 7999);
    expect(scene.renewals()).toEqual(["token2"]);
    await pass(scene, 1);
    expect(scene.renewals()).toEqual(["token2", "token3"]);
  });

  it("is not renewed where it never ends", async () => {
    for (const never of [null, undefined, "soon"]) {
      const scene = await stand(never);
      await pass(scene, 1e6);
      expect([scene.renewals(), scene.asked]).toEqual([[], 1]);
    }
  });

  it("is renewed in its time where that is longer than a timer of the runtime", async () => {
    const scene = await stand(2 ** 33);
    await pass(scene, 2 ** 33 * 0.8 - 1);
    expect(scene.renewals()).toEqual([]);
    await pass(scene, 2);
    expect(scene.renewals()).toEqual(["token2"]);
  });

  it("is not renewed on a connection that is gone, or was closed meanwhile", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const scene = await stand(1000, (count) => (count === 2 ? promise : "token"));
    await pass(scene, 800);
    expect(scene.asked).toBe(2);
    void scene.client.close();
    await settle();
    resolve("late");
    await settle();
    expect([scene.renewals(), scene.platform.timers]).toEqual([[], 0]);
  });
});

describe("where it is not renewed", () => {
  it("by a refusal, that is reported and the connection goes on", async () => {
    const scene = await stand(1000);
    await pass(scene, 800);
    scene.say({ op: 3, d: { error: "auth: failed", code: "auth/failed", extra_info: ["expired"] } });
    await pass(scene, 100_000);
    expect([scene.reports, scene.renewals(), scene.client.connected]).toEqual([["auth/failed"], ["token2"], true]);
  });

  it("for now, it is tried again when the server says", async () => {
    const scene = await stand(100_000);
    await pass(scene, 80_000);
    const extra_info = { retry_after_ms: 4000 };
    scene.say({ op: 3, d: { error: "too many attempts", code: "auth/throttled", extra_info } });
    await pass(scene, 3999);
    expect(scene.renewals()).toEqual(["token2"]);
    await pass(scene, 1);
    expect(scene.renewals()).toEqual(["token2", "token3"]);
  });

  it("for it could not be had, it is asked for again while there is time", async () => {
    const scene = await stand(100_000, (count) => {
      if (count > 1) throw new Error("no issuer");
      return "token";
    });
    await pass(scene, 80_000);
    expect(scene.reports).toEqual(["client/auth-threw"]);
    await pass(scene, 10_000);
    expect(scene.reports).toHaveLength(2);
    for (let second = 0; second < 100; second++) await pass(scene, 1000);
    expect(scene.reports).toHaveLength(5);
    expect([scene.renewals(), scene.client.connected]).toEqual([[], true]);
  });
});

it("comes back with another token where the server ends the connection for the old one", async () => {
  const scene = await stand(1000);
  scene.say({ op: 8, d: { error: "token expired", code: "auth/expired", extra_info: null } });
  await pass(scene, 1000);
  scene.say(hello);
  await settle();
  expect(scene.socket.sent[0]?.d).toMatchObject({ auth: "token2" });
});

it("tries on where the next token is refused, and gives up where the first one is", async () => {
  const refusal = { op: 8, d: { error: "auth: failed", code: "auth/failed", extra_info: ["no keys"] } };
  const scene = await stand(null);
  scene.cut();
  await pass(scene, 1000);
  scene.say(hello, refusal);
  await pass(scene, 1000);
  expect(scene.sockets).toHaveLength(3);
  const first = stageClient({ auth: () => "token" });
  first.start();
  first.say(hello, refusal);
  expect(await first.client.closed()).toMatchObject({ code: "auth/failed" });
});

it("waits as long as a server says that had too many attempts", async () => {
  const scene = await stand(null);
  const extra_info = { retry_after_ms: 30_000 };
  scene.say({ op: 8, d: { error: "too many attempts", code: "auth/throttled", extra_info } });
  await pass(scene, 29_999);
  expect(scene.sockets).toHaveLength(1);
  await pass(scene, 1);
  expect(scene.sockets).toHaveLength(2);
});

it.each<[string, () => string | Promise<string>]>([
  ["throws", () => Promise.reject(new Error("no issuer"))],
  ["gives no text", () => undefined as never],
])("fails to connect where what gives a token %s", async (_, auth) => {
  const stage = stageClient({ auth });
  stage.start();
  stage.say(hello);
  expect(await stage.client.closed()).toMatchObject({ code: "client/auth-threw", retry: "later" });
});
