import { describe, expect, test } from "vitest";
import { eachListener } from "../../src/each-listener.ts";
import { ask } from "../../src/http.ts";
import { everyoneIn, failure, freshName, type IdentifiedClient, identifiedClient } from "../../src/identified.ts";
import type { Frame } from "../../src/raw-client.ts";
import { listeners, startServer } from "../../src/start-server.ts";
import { residentBytes, totalOf } from "./process-figures.kit.ts";

/** Sends messages to itself, all at once, and resolves with what came until all of them were handled. */
async function flood(client: IdentifiedClient, count: number, payload = "x"): Promise<Frame[]> {
  for (let i = 0; i < count; i++) client.dispatch("SEND", { target: everyoneIn(client.application), payload });
  client.send({ op: 5, d: null });
  const frames: Frame[] = [];
  for (let frame = await client.next(); frame.op !== 6; frame = await client.next()) frames.push(frame);
  return frames;
}

const passed = (frames: readonly Frame[]): number => frames.filter(({ t }) => t === "SEND").length;
const refusals = (frames: readonly Frame[]) => frames.filter(({ op }) => op === 3).map(({ d }) => d);

eachListener("frames of one connection", ["--max-frames-per-second", "5"], (server) => {
  test("that are too many are refused one by one, with when to come again; heartbeats never are", async () => {
    await using client = await identifiedClient(server());
    const frames = await flood(client, 300);
    const refused = refusals(frames);
    expect(passed(frames)).toBeGreaterThanOrEqual(5);
    expect(passed(frames) + refused.length).toBe(300);
    expect(refused.length).toBeGreaterThan(100);
    for (const { code, extra_info } of refused) {
      expect([code, extra_info.limit, extra_info.max]).toEqual(["limit/rate", "maxFramesPerSecond", 5]);
      expect(extra_info.retry_after_ms).toBeGreaterThan(0);
      expect(extra_info.retry_after_ms).toBeLessThanOrEqual(1000);
    }
    const { text } = await ask(server(), "GET", "/metrics");
    expect(totalOf(text, "singyeong_rate_limited_total", 'limit="maxFramesPerSecond"')).toBe(refused.length);
  });

  test("are counted for each connection apart", async () => {
    await using loud = await identifiedClient(server());
    await using quiet = await identifiedClient(server());
    await flood(loud, 300);
    expect(refusals(await flood(quiet, 3))).toEqual([]);
  });

  test("that go on all the same end the connection", async () => {
    await using client = await identifiedClient(server());
    for (let i = 0; i < 5000; i++) client.dispatch("SEND", { target: everyoneIn("nobody"), payload: null });
    let frame = await client.next();
    let refused = 0;
    for (; frame.op !== 8; frame = await client.next()) if (frame.d.code === "limit/rate") refused++;
    expect(refused).toBeGreaterThanOrEqual(999);
    expect(frame.d).toMatchObject({ code: "limit/flood", extra_info: { limit: "maxFramesPerSecond", max: 5 } });
    expect((await client.closed).code).toBe(1000);
  });
});

eachListener("bytes of one connection", ["--max-bytes-per-second", "20000"], (server) => {
  test("that are too many are refused, whatever the number of frames", async () => {
    await using client = await identifiedClient(server());
    expect(refusals(await flood(client, 20))).toEqual([]);
    const refused = refusals(await flood(client, 50, "x".repeat(10_000)));
    expect(refused.length).toBeGreaterThan(20);
    expect(refused[0]).toMatchObject({ code: "limit/rate", extra_info: { limit: "maxBytesPerSecond", max: 20_000 } });
  });
});

eachListener("updates of metadata", ["--max-metadata-updates-per-second", "3"], (server) => {
  test("are bounded by themselves", async () => {
    await using client = await identifiedClient(server());
    for (let i = 0; i < 100; i++) client.dispatch("UPDATE_METADATA", { n: { type: "integer", value: i } });
    const refused = refusals(await flood(client, 50));
    expect(refused.length).toBeGreaterThan(50);
    for (const { extra_info } of refused) expect(extra_info.limit).toBe("maxMetadataUpdatesPerSecond");
  });
});

eachListener("frames of an application", ["--max-application-frames-per-second", "10"], (server) => {
  test("are counted for all of its clients together, and for no other", async () => {
    const application = freshName("loud");
    await using one = await identifiedClient(server(), { application });
    await using another = await identifiedClient(server(), { application });
    await using stranger = await identifiedClient(server());
    expect(refusals(await flood(one, 200)).length).toBeGreaterThan(100);
    const refused = refusals(await flood(another, 100));
    expect(refused.length).toBeGreaterThan(50);
    expect(refused[0].extra_info).toMatchObject({ limit: "maxApplicationFramesPerSecond", max: 10 });
    expect(refusals(await flood(stranger, 5))).toEqual([]);
  });
});

describe.each(listeners)("floods that nothing bounds (%s)", (listener) => {
  test("break nothing, and what they take is given back", { timeout: 60_000 }, async () => {
    await using server = await startServer({ listener });
    await using bystander = await identifiedClient(server);
    await using client = await identifiedClient(server);
    await flood(client, 1000);
    const beforeBytes = await residentBytes(server.pid);
    for (let i = 0; i < 10; i++) {
      expect(passed(await flood(client, 1000))).toBe(1000);
      for (let n = 0; n < 100; n++) client.dispatch("UPDATE_METADATA", { [`k${n}`]: { type: "integer", value: i } });
      expect(refusals(await flood(bystander, 1))).toEqual([]);
    }
    expect((await residentBytes(server.pid)) - beforeBytes).toBeLessThan(150_000_000);
  });

  test("of heartbeats and of mistakes leave others alone", async () => {
    await using server = await startServer({ listener });
    await using bystander = await identifiedClient(server);
    await using client = await identifiedClient(server);
    for (let i = 0; i < 5000; i++) client.send({ op: 5, d: null });
    for (let i = 0; i < 5000; i++) client.dispatch("NONSENSE", null);
    await bystander.settle();
    let acks = 0;
    let mistakes = 0;
    while (acks + mistakes < 10_000) {
      const { op } = await client.next();
      if (op === 6) acks++;
      else if (op === 3) mistakes++;
    }
    expect([acks, mistakes]).toEqual([5000, 5000]);
    client.send({ op: 1, d: {} });
    expect((await failure(client)).frame.d.code).toBe("identify/repeated");
  });
});
