import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { everyoneIn, freshName, type IdentifiedClient, identifiedClient } from "../../src/identified.ts";

/** What v1's clients do with a queue: ask for one, work, acknowledge, ask for the next. */
async function work(client: IdentifiedClient, queue: string, jobs: number): Promise<unknown[]> {
  const done: unknown[] = [];
  client.dispatch("QUEUE_REQUEST", { queue });
  while (done.length < jobs) {
    const { op, t, d } = await client.next();
    expect([op, t, Object.keys(d).sort()]).toEqual([4, "QUEUE", ["nonce", "payload", "target"]]);
    done.push(d.payload.payload);
    client.dispatch("QUEUE_ACK", { queue: d.payload.queue, id: d.payload.id });
    // One request too many would take a job from the others.
    if (done.length < jobs) client.dispatch("QUEUE_REQUEST", { queue: d.payload.queue });
  }
  return done;
}

eachListener("clients of v1 and queues", [], (server) => {
  describe.each(encodings)("in %s", (encoding) => {
    test("a whole round trip needs v1's frames alone", async () => {
      const [queue, application] = [freshName("queue"), freshName("app")];
      await using producer = await identifiedClient(server(), { encoding });
      await using worker = await identifiedClient(server(), { encoding, application });
      const jobs = 25;
      const worked = work(worker, queue, jobs);
      for (let job = 0; job < jobs; job++) {
        producer.dispatch("QUEUE", { queue, nonce: `n${job}`, target: everyoneIn(application), payload: { job } });
        const { op, t, d } = await producer.next();
        expect([op, t, d.queue, d.nonce]).toEqual([4, "QUEUE_CONFIRM", queue, `n${job}`]);
      }
      expect(await worked).toEqual(Array.from({ length: jobs }, (_, job) => ({ job })));
      worker.dispatch("QUEUE_REQUEST", { queue });
      worker.dispatch("QUERY_NODES", everyoneIn(application));
      expect((await worker.next()).d.nodes[0].queues).toEqual([queue]);
    });

    test("several that take turns get every job once, and each in the order of the pushes", async () => {
      const [queue, application] = [freshName("queue"), freshName("app")];
      await using producer = await identifiedClient(server(), { encoding });
      const jobs = 60;
      for (let job = 0; job < jobs; job++) {
        producer.dispatch("QUEUE", { queue, target: everyoneIn(application), payload: job });
        expect((await producer.next()).t).toBe("QUEUE_CONFIRM");
      }
      await using one = await identifiedClient(server(), { encoding, application });
      await using two = await identifiedClient(server(), { encoding, application });
      const shares = await Promise.all([work(one, queue, jobs / 2), work(two, queue, jobs / 2)]);
      for (const share of shares) expect(share).toEqual(share.toSorted((a, b) => Number(a) - Number(b)));
      expect(new Set(shares.flat()).size).toBe(jobs);
    });

    test("one that acknowledges from inside the handler of the next message is understood", async () => {
      const queue = freshName("queue");
      await using client = await identifiedClient(server(), { encoding });
      client.dispatch("QUEUE_REQUEST", { queue, count: 2 });
      const ids: string[] = [];
      for (let job = 0; job < 2; job++) {
        client.dispatch("QUEUE", { queue, target: {}, payload: job, nonce: null });
        expect((await client.next()).t).toBe("QUEUE_CONFIRM");
        ids.push((await client.next()).d.payload.id);
      }
      for (const id of ids.reverse()) client.dispatch("QUEUE_ACK", { queue, id });
      await client.settle();
      client.dispatch("QUEUE_ACK", { queue, id: ids[0] });
      expect(await client.next()).toMatchObject({ op: 3, d: { code: "queue/not-leased", error: "not leased" } });
    });
  });
});
