import { expect, test } from "vitest";
import { freshName } from "../src/identified.ts";
import { eachQueueServer } from "./queue-http.kit.ts";

eachQueueServer("changes over HTTP at the same time", [], (queues) => {
  test("[QH-10] messages that several people remove are counted once, and nobody else's are touched", async () => {
    const [removed, kept] = [freshName("queue"), freshName("queue")];
    const ids: string[] = [];
    for (let i = 0; i < 60; i++)
      ids.push(...(await Promise.all(Array.from({ length: 50 }, () => queues().push(removed)))));
    const acks = Promise.all([1, 2, 3].map(() => queues().queue(removed, "POST", "/ack", { ids })));
    let settled = false;
    void acks.finally(() => {
      settled = true;
    });
    let pushed = 0;
    while (!settled) pushed += (await Promise.all(Array.from({ length: 20 }, () => queues().push(kept)))).length;
    const answers = await acks;
    expect(answers.every(({ status }) => status === 200 || status === 404)).toBe(true);
    expect(answers.reduce((sum, { json }) => sum + (json.count ?? 0), 0)).toBe(ids.length);
    expect((await queues().queue(kept, "GET")).json).toMatchObject({ ready: pushed });
    expect((await queues().queue(removed, "GET")).status).toBe(404);
  });
});
