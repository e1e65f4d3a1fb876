import fc from "fast-check";
import { expect, it } from "vitest";
import { settle } from "../create-client.kit.ts";
import { holdWork, type QueueStage, stageQueues } from "./queue.kit.ts";

/** What may happen next; numbers pick one of what is there. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ type: "give" } as const) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("finish" as const), at: fc.nat(), fails: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("ack" as const), at: fc.nat() }) },
  { weight: 3, arbitrary: fc.constant({ type: "answer" } as const) },
  fc.constant({ type: "stop" } as const),
  fc.constant({ type: "start" } as const),
  fc.constant({ type: "refuse" } as const),
  fc.constant({ type: "reconnect" } as const),
  fc.constant({ type: "wait" } as const),
);

/** A server that gives out no more than it was asked for, and the test's own count of what that is. */
function createServer(stage: QueueStage) {
  let read = 0;
  let socket = stage.socket;
  let open = 0;
  let ids = 0;
  return {
    /** Requests that were neither given a message nor taken back. */
    get open() {
      if (socket !== stage.socket) [socket, read, open] = [stage.socket, 0, 0];
      for (; read < socket.sent.length; read++) {
        const { t, d } = socket.sent[read]!;
        if (t === "QUEUE_REQUEST") open += d.count as number;
        if (t === "QUEUE_REQUEST_CANCEL") open = 0;
      }
      return open;
    },
    async give() {
      if (this.open === 0) return;
      open--;
      await stage.give(`m${ids++}`);
    },
    /** Refuses the request that came last, where nothing of it was given. */
    async refuse() {
      const last = stage.socket.sent.at(-1);
      if (last?.t !== "QUEUE_REQUEST" || this.open < (last.d.count as number)) return;
      open -= last.d.count as number;
      stage.say({ op: 3, d: { error: "no", code: "queue/too-many-requests", nonce: last.nonce } });
      await settle();
    },
  };
}

it("asks for and has in hand no more than its concurrency, and is never stuck, whatever comes in whatever order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 60 }), async (concurrency, steps) => {
      const stage = stageQueues();
      const server = createServer(stage);
      const work = holdWork();
      const atWork = new Set<string>();
      let consumers = 0;
      let current = consume();
      await settle();

      function consume() {
        consumers++;
        return stage.client.queue("jobs").consume(
          async (job) => {
            atWork.add(job.id);
            await work.handler(job).finally(() => atWork.delete(job.id));
          },
          { concurrency },
        );
      }
      const pick = (at: number) => [...atWork][at % Math.max(1, atWork.size)];

      for (const each of steps) {
        if (each.type === "give") await server.give();
        else if (each.type === "answer") await stage.answer();
        else if (each.type === "refuse") await server.refuse();
        else if (each.type === "wait") stage.platform.step(1000);
        else if (each.type === "stop") void current.stop();
        else if (each.type === "start" && consumers < 3) current = consume();
        else if (each.type === "reconnect") {
          stage.cut();
          await settle();
          stage.comeBack();
        } else if (each.type === "finish") {
          const id = pick(each.at);
          if (id !== undefined) await work.finish(id, each.fails ? new Error() : undefined);
        } else if (each.type === "ack") {
          const id = pick(each.at);
          void work.jobs.findLast((job) => job.id === id)?.ack();
        }
        await settle();
        expect(server.open + atWork.size).toBeLessThanOrEqual(concurrency * consumers);
      }

      for (const id of [...atWork]) await work.finish(id);
      void current.stop();
      await stage.answer();
      await stage.answer();
      const last = consume();
      stage.platform.step(1000);
      await stage.answer();
      await stage.answer();
      const before = work.jobs.length;
      expect(server.open).toBeGreaterThanOrEqual(concurrency);
      await server.give();
      expect(work.jobs.length).toBe(before + 1);
      for (const id of [...atWork]) await work.finish(id);
      const drained = stage.client.drain();
      await settle();
      for (let i = 0; i < 3; i++) await stage.answer();
      await drained;
      expect([await last.closed(), stage.platform.timers]).toEqual([null, 0]);
    }),
    { numRuns: 60 },
  );
}, 60_000);
