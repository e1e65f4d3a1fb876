import { expect, test } from "vitest";
import { eachListener } from "../../src/each-listener.ts";
import { ask } from "../../src/http.ts";
import { everyoneIn, freshName, identifiedClient } from "../../src/identified.ts";
import type { Reachable } from "../../src/start-server.ts";
import { residentBytes, totalOf } from "./process-figures.kit.ts";

const payload = "x".repeat(32_768);
/** More than the system takes for a socket that nobody reads, some MB on either side, and the backlog with it. */
const messages = 800;
const backlog = ["--max-backlog-bytes", "262144"];

/** A client that reads nothing, one that reads everything, and who sends to both. */
async function scene(server: Reachable) {
  const application = freshName("readers");
  const deaf = await identifiedClient(server, { application });
  const reader = await identifiedClient(server, { application });
  const sender = await identifiedClient(server);
  deaf.socket.pause();
  return {
    deaf,
    reader,
    sender,
    /** Sends to everybody, and waits until the reader has it. */
    async broadcast(n: number, text = payload): Promise<void> {
      sender.dispatch("BROADCAST", { target: everyoneIn(application), payload: { n, text } });
      expect((await reader.next()).d.payload.n).toBe(n);
    },
    async [Symbol.asyncDispose]() {
      for (const client of [deaf, reader, sender]) await client[Symbol.asyncDispose]();
    },
  };
}

eachListener("a client that does not read", [...backlog, "--slow-consumer", "close"], (server) => {
  test("is cut, is told of by a metric, and keeps nobody from reading", { timeout: 60_000 }, async () => {
    await using crowd = await scene(server());
    for (let n = 0; n < messages; n++) await crowd.broadcast(n);
    const { text } = await ask(server(), "GET", "/metrics");
    expect(totalOf(text, "singyeong_slow_consumers_total")).toBe(1);
    expect(totalOf(text, "singyeong_frames_dropped_total")).toBe(0);
    crowd.deaf.socket.resume();
    expect((await crowd.deaf.closed).code).toBe(1006);
    await crowd.sender.settle();
  });
});

eachListener(
  "a client that does not read, where frames may be dropped",
  [...backlog, "--slow-consumer", "drop"],
  (server) => {
    test("is told how many it lost, in their place, and goes on", { timeout: 60_000 }, async () => {
      await using crowd = await scene(server());
      for (let n = 0; n < messages; n++) await crowd.broadcast(n);
      const { deaf } = crowd;
      deaf.socket.resume();
      deaf.send({ op: 5, d: null });
      const read: number[] = [];
      const told: { readonly dropped: number; readonly behind: number }[] = [];
      for (let frame = await deaf.next(); frame.op !== 6; frame = await deaf.next()) {
        if (frame.op === 4) read.push(frame.d.payload.n);
        else {
          expect(frame).toMatchObject({ op: 3, d: { error: "frames dropped", code: "limit/slow-consumer" } });
          told.push({ dropped: frame.d.extra_info.dropped, behind: read.length });
        }
      }
      const lost = told.reduce((sum, { dropped }) => sum + dropped, 0);
      expect(lost).toBeGreaterThan(0);
      expect(read.length + lost).toBe(messages);
      // Each notice stands where the numbers leap, by as many as it says.
      for (const { dropped, behind } of told) {
        const [before, after] = [read[behind - 1]!, read[behind] ?? messages];
        expect(after - before - 1).toBe(dropped);
      }
      await crowd.broadcast(messages, "short");
      expect((await deaf.next()).d.payload).toEqual({ n: messages, text: "short" });
      const { text } = await ask(server(), "GET", "/metrics");
      expect(totalOf(text, "singyeong_frames_dropped_total")).toBe(lost);
      expect(totalOf(text, "singyeong_slow_consumers_total")).toBe(0);
    });

    test("makes the server keep no more than its backlog", { timeout: 60_000 }, async () => {
      await using crowd = await scene(server());
      for (let n = 0; n < messages / 2; n++) await crowd.broadcast(n);
      const beforeBytes = await residentBytes(server().pid);
      for (let n = 0; n < messages; n++) await crowd.broadcast(n);
      expect((await residentBytes(server().pid)) - beforeBytes).toBeLessThan(100_000_000);
    });
  },
);
