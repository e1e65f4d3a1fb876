import { Type } from "typebox";
import { Check } from "typebox/value";
import { describe, expect, it } from "vitest";
import { defineApplication } from "../contract/application.ts";
import { settle } from "../create-client.kit.ts";
import { holdWork, stageQueues } from "./queue.kit.ts";

const worker = defineApplication("worker", { queues: { jobs: Type.Object({ n: Type.Integer() }) }, check: Check });

describe("a queue whose payloads are declared", () => {
  it("refuses what does not fit before it is pushed, and other queues nothing", async () => {
    const { client, socket } = stageQueues();
    await expect(client.queue("jobs").push(worker, { n: "1" } as never)).rejects.toMatchObject({
      code: "client/schema-mismatch",
      message: "no message of the queue jobs of worker: it does not fit its schema",
    });
    void client.queue("jobs").push(worker, { n: 1 });
    void client.queue("toString").push(worker, "anything" as never);
    void client.queue("jobs").push("worker", "anything");
    await settle();
    expect(socket.of("QUEUE").map(({ d }) => d.payload)).toEqual([{ n: 1 }, "anything", "anything"]);
  });

  it("has what came and does not fit refused, which is reported", async () => {
    const queues = stageQueues({ app: worker as never });
    const work = holdWork();
    queues.client.queue("jobs").consume(work.handler);
    await settle();
    await queues.giveAs({ id: "a", payload: { n: "1" } });
    await queues.giveAs({ id: "b", payload: { n: 1 } });
    expect([work.jobs.map(({ id }) => id), queues.nacks(), queues.reports]).toEqual([
      ["b"],
      ["a"],
      ["client/schema-mismatch"],
    ]);
  });
});
