import { compose, loadConfig } from "@singyeong/server";
import { afterEach, describe, expect, it } from "vitest";
import type { Client } from "../src/client.ts";
import { connect } from "../src/connect.ts";
import type { ConnectOptions } from "../src/options/options.ts";
import type { Job } from "../src/queue/queue.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function startServer(...flags: readonly string[]): Promise<string> {
  const given = ["--host", "127.0.0.1", "--port", "0", "--queue-store", "memory", "--log-level", "silent", ...flags];
  const loaded = loadConfig(given, {});
  if (loaded.type !== "settings") throw new Error(JSON.stringify(loaded));
  const server = await compose(loaded.config);
  ends.push(() => server.kill());
  return `127.0.0.1:${await server.listen()}`;
}

async function join(address: string, app: string, options: ConnectOptions = {}): Promise<Client> {
  const client = await connect({ servers: address, app, ...options });
  ends.push(() => client.close());
  return client;
}

/** Resolves with what `take` is called with, in order. */
function createTray<T>() {
  const given: T[] = [];
  let enough = (): void => {};
  return {
    given,
    take(value: T) {
      given.push(value);
      enough();
    },
    async until(count: number): Promise<readonly T[]> {
      while (given.length < count) {
        await new Promise<void>((resolve) => {
          enough = resolve;
        });
      }
      return given;
    },
  };
}

describe.each(["json", "msgpack"] as const)("over %s", (encoding) => {
  it("a message waits for whom it is for, with every digit and header of it, and is gone once it is acknowledged", async () => {
    const address = await startServer();
    const shop = await join(address, "shop", { encoding });
    const payload = { order: 123456789012345678n, list: [1, 2.5, "안녕"] };
    const { id } = await shop.queue("orders").push("worker", payload, { headers: { trace: "1" } });
    expect(id).not.toBe("");

    const worker = await join(address, "worker", { encoding });
    const jobs = worker.queue("orders").consume();
    const { value: job } = (await jobs.next()) as { value: Job };
    expect(job).toMatchObject({ id, queue: "orders", payload, attempt: 1, headers: { trace: "1" } });
    await job.ack();
    await expect(job.extend(1000)).rejects.toMatchObject({ code: "queue/not-leased" });
    await jobs.return!();
    expect(await jobs.closed()).toBeNull();
  });
});

describe("a queue of a real server", () => {
  it("takes pushes of one id for one message", async () => {
    const client = await join(await startServer(), "worker");
    const queue = client.queue("orders");
    const [first, second] = await Promise.all([
      queue.push("worker", 1, { id: "a" }),
      queue.push("worker", 2, { id: "a" }),
    ]);
    expect(second.id).toBe(first.id);
  });

  it("gives the most urgent first, and again what a handler failed at", async () => {
    const client = await join(await startServer("--queue-retry-ms", "1"), "worker");
    const queue = client.queue("orders");
    await queue.push("worker", "later");
    await queue.push("worker", "urgent", { priority: 9 });
    const tray = createTray<string>();
    const consumer = queue.consume((job) => {
      tray.take(`${job.payload} ${job.attempt}`);
      if (job.attempt === 1) throw new Error("not yet");
    });
    expect([...(await tray.until(4))].sort()).toEqual(["later 1", "later 2", "urgent 1", "urgent 2"]);
    expect(tray.given[0]).toBe("urgent 1");
    await consumer.stop();
  });

  it("refuses what does not fit, with a code", async () => {
    const queue = (await join(await startServer("--max-queue-messages", "1"), "worker")).queue("orders");
    await expect(queue.push({ ops: [{ path: "x", op: "$eq", to: { value: 1 } }] }, 1)).rejects.toMatchObject({
      code: "query/invalid",
    });
    await expect(queue.push("worker", 1, { priority: 99 })).rejects.toMatchObject({ code: "dispatch/invalid" });
    await queue.push("worker", 1);
    await expect(queue.push("worker", 2)).rejects.toMatchObject({ code: "queue/full", retry: "later" });
  });

  it("ends a consumer whose queue's name it does not take", async () => {
    const client = await join(await startServer(), "worker");
    expect(
      await client
        .queue("")
        .consume(() => {})
        .closed(),
    ).toMatchObject({ code: "dispatch/invalid" });
  });

  it("keeps a lease as long as its handler is at work", async () => {
    const address = await startServer("--queue-lease-ms", "200");
    const [slow, other] = [await join(address, "worker"), await join(address, "worker")];
    await slow.queue("orders").push("worker", "slow");
    const tray = createTray<Job>();
    const gate = Promise.withResolvers<void>();
    slow.queue("orders").consume(async (job) => {
      tray.take(job);
      await gate.promise;
    });
    const [job] = await tray.until(1);
    const others = createTray<unknown>();
    other.queue("orders").consume(({ payload }) => others.take(payload));
    for (let i = 0; i < 3; i++) await job!.extend(200);
    await other.queue("orders").push("worker", "for others");
    expect(await others.until(1)).toEqual(["for others"]);
    gate.resolve();
    await slow.drain();
    expect([job!.signal.aborted, others.given]).toEqual([false, ["for others"]]);
  });

  it("shares its messages among consumers, each with no more than its concurrency, and loses none when they stop", async () => {
    const address = await startServer();
    const boss = await join(address, "boss");
    const done = new Set<unknown>();
    const tray = createTray<unknown>();
    let [atWork, most] = [0, 0];
    const workers = await Promise.all([1, 2, 3].map(() => join(address, "worker")));
    const consumers = workers.map((worker) =>
      worker.queue("orders").consume(
        async ({ payload }) => {
          most = Math.max(most, ++atWork);
          await boss.queryNodes("worker");
          atWork--;
          done.add(payload);
          tray.take(payload);
        },
        { concurrency: 4 },
      ),
    );
    const pushed = Promise.all(Array.from({ length: 200 }, (_, i) => boss.queue("orders").push("worker", i)));
    await tray.until(20);
    await consumers[0]!.stop();
    await workers[1]!.drain();
    await pushed;
    await tray.until(200);
    expect([done.size, tray.given.length, most <= 12]).toEqual([200, 200, true]);
  });
});
