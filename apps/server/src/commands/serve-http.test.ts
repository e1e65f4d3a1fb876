import { isFault, jsonCodec } from "@singyeong/protocol/codec";
import { describe, expect, it } from "vitest";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createErrorTallies } from "../gateway/error-tallies.ts";
import { createHttpServers } from "../proxy/over-connection/http-servers.ts";
import { createTestClient, createTestMetrics, readFrames } from "../testing/fixtures.ts";
import type { Outcome, Services } from "./command.ts";
import { createReplies } from "./replies.ts";
import { commands } from "./table.ts";

function createHttpCommands(caps: readonly string[] = ["http", "stream"]) {
  const { client, outbox } = createTestClient({ id: "c", caps });
  const metrics = createTestMetrics();
  const httpServers = createHttpServers(metrics);
  const replies = createReplies(createSteppedClock(0), createErrorTallies(metrics));
  return {
    serves: () => httpServers.serves(client),
    frames: () => readFrames(outbox),
    run(d: unknown, nonce?: unknown): Outcome {
      const bytes = jsonCodec.encode({ op: 4, t: "SERVE_HTTP", d, nonce } as never) as string;
      const frame = jsonCodec.readFrame(Buffer.from(bytes), { maxDepth: 20 });
      if (isFault(frame)) throw new Error(frame.message);
      return commands.get("SERVE_HTTP")!.run({ httpServers, replies } as unknown as Services, client, frame);
    },
  };
}

describe("SERVE_HTTP", () => {
  it("has requests come over the connection, until it says otherwise", () => {
    const { run, serves } = createHttpCommands();
    expect(run({ serve: true }, "n")).toEqual({
      kind: "answer",
      event: "SERVING_HTTP",
      d: { serve: true, nonce: "n" },
    });
    expect(serves()).toBe(true);
    expect(run({ serve: true })).toMatchObject({ d: { serve: true, nonce: null } });
    expect(run({ serve: false })).toEqual({ kind: "answer", event: "SERVING_HTTP", d: { serve: false, nonce: null } });
    expect(serves()).toBe(false);
  });

  it("is refused by its nonce where it does not say which", () => {
    const { run, frames, serves } = createHttpCommands();
    for (const d of [{}, { serve: "yes" }, { serve: null }]) run(d, 7);
    const refusal = { op: 3, d: { code: "dispatch/invalid", extra_info: { at: "/d/serve" }, nonce: 7 } };
    expect([frames(), serves()]).toMatchObject([[refusal, refusal, refusal], false]);
  });

  it("is refused to clients that do not take streams", () => {
    const { run, frames, serves } = createHttpCommands(["http"]);
    run({ serve: true });
    expect([frames(), serves()]).toMatchObject([[{ op: 3, d: { code: "dispatch/invalid" } }], false]);
  });

  it("is not for restricted clients, nor for those without the extension", () => {
    expect(commands.get("SERVE_HTTP")).toMatchObject({ allowRestricted: false, cap: "http" });
  });
});
