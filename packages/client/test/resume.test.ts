import { compose, loadConfig } from "@singyeong/server";
import { afterEach, describe, expect, it } from "vitest";
import type { Client } from "../src/client.ts";
import { connect } from "../src/connect.ts";
import type { ConnectOptions } from "../src/options/options.ts";
import type { StatusOf } from "../src/status/status.ts";
import { type CutProxy, startCutProxy } from "./cut-proxy.kit.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A server, and a way to it that can be cut. */
async function start(...flags: readonly string[]): Promise<{ readonly direct: string; readonly proxy: CutProxy }> {
  const given = ["--host", "127.0.0.1", "--port", "0", "--queue-store", "memory", "--log-level", "silent", ...flags];
  const loaded = loadConfig(given, {});
  if (loaded.type !== "settings") throw new Error(JSON.stringify(loaded));
  const server = await compose(loaded.config);
  ends.push(() => server.kill());
  const port = await server.listen();
  const proxy = await startCutProxy(port);
  ends.push(proxy.close);
  return { direct: `127.0.0.1:${port}`, proxy };
}

async function join(servers: string, app: string, options: ConnectOptions = {}): Promise<Client> {
  const client = await connect({ servers, app, reconnect: { minDelayMs: 1, maxDelayMs: 20 }, ...options });
  ends.push(() => client.close());
  return client;
}

/** Whether each connection after the first went on with the session. */
function watchResumes(client: Client): boolean[] {
  const resumes: boolean[] = [];
  client.on("connected", ({ resumed }) => void resumes.push(resumed));
  return resumes;
}

function next<T extends "connected" | "disconnected" | "missed">(client: Client, type: T): Promise<StatusOf<T>> {
  return new Promise((resolve) => {
    const off = client.on(type, (status) => {
      off();
      resolve(status);
    });
  });
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe.each(["json", "msgpack"] as const)("over %s, on connections that are cut again and again", (encoding) => {
  it("every message that was sent arrives once and in order, and every receipt comes", async () => {
    const { direct, proxy } = await start();
    const hearer = await join(direct, "hearer", { encoding });
    const heard: unknown[] = [];
    hearer.messages(({ payload }) => void heard.push(payload));
    proxy.cutEvery(20_000);
    const speaker = await join(proxy.address, "speaker", { encoding });
    const resumes = watchResumes(speaker);
    const receipts = await Promise.all(upTo(5000).map((n) => speaker.send("hearer", n)));
    expect(new Set(receipts.map(({ count }) => count))).toEqual(new Set([1]));
    expect(heard).toEqual(upTo(5000));
    expect(resumes.length).toBeGreaterThan(5);
    expect(new Set(resumes)).toEqual(new Set([true]));
  });

  it("every message that the server took for a client comes to it once and in order", async () => {
    const { direct, proxy } = await start();
    proxy.cutEvery(20_000);
    const hearer = await join(proxy.address, "hearer", { encoding });
    const resumes = watchResumes(hearer);
    const heard: unknown[] = [];
    const speaker = await join(direct, "speaker", { encoding });
    const taken: number[] = [];
    const last = Promise.withResolvers<void>();
    hearer.messages(({ payload }) => {
      if (payload === "last") last.resolve();
      else heard.push(payload);
    });
    for (let n = 0; n < 3000; n += 100) {
      const sent = upTo(100).map(async (i) => {
        const receipt = await speaker.send("hearer", n + i).catch(({ code }) => code);
        if (receipt === "route/no-match") return;
        expect(receipt).toEqual({ count: 1 });
        taken.push(n + i);
      });
      await Promise.all(sent);
      if (!hearer.connected) await next(hearer, "connected");
    }
    while ((await speaker.send("hearer", "last").catch(({ code }) => code)) === "route/no-match")
      await next(hearer, "connected");
    await last.promise;
    expect(heard).toEqual(taken);
    expect(resumes.length).toBeGreaterThan(5);
    expect(new Set(resumes)).toEqual(new Set([true]));
  });

  it("every job is worked on once and settled", async () => {
    const { direct, proxy } = await start();
    const shop = await join(direct, "shop", { encoding });
    await Promise.all(upTo(2000).map((n) => shop.queue("jobs").push("worker", n)));
    proxy.cutEvery(20_000);
    const worker = await join(proxy.address, "worker", { encoding });
    const errors: string[] = [];
    worker.on("error", ({ error }) => void errors.push(error.message));
    const resumes = watchResumes(worker);
    const done: unknown[] = [];
    const all = Promise.withResolvers<void>();
    const consumer = worker.queue("jobs").consume(
      (job) => {
        expect(job.attempt).toBe(1);
        done.push(job.payload);
        if (done.length === 2000) all.resolve();
      },
      { concurrency: 50 },
    );
    await all.promise;
    await consumer.stop();
    expect(done.toSorted((a, b) => Number(a) - Number(b))).toEqual(upTo(2000));
    expect([errors, new Set(resumes)]).toEqual([[], new Set([true])]);
    expect(resumes.length).toBeGreaterThan(5);
  });
});

describe("a connection that is cut", () => {
  it("keeps a request, a change of metadata and a job in hand", async () => {
    const { direct, proxy } = await start();
    const other = await join(direct, "other");
    const client = await join(proxy.address, "client");
    const taken = Promise.withResolvers<() => void>();
    client.queue("jobs").consume(() => new Promise<void>((resolve) => taken.resolve(resolve)));
    await other.queue("jobs").push("client", 1);
    const finish = await taken.promise;
    const asked = Promise.withResolvers<() => unknown>();
    other.messages((message) => asked.resolve(() => message.reply("answer")));
    const answer = client.request("other", "question");
    const reply = await asked.promise;

    proxy.cut();
    await next(client, "disconnected");
    const changed = client.metadata.set({ load: 1 });
    finish();
    expect((await next(client, "connected")).resumed).toBe(true);
    await reply();
    expect((await answer).payload).toBe("answer");
    await changed;
    expect((await other.queryNodes("client"))[0]?.metadata).toMatchObject({ load: 1 });
  });

  it("is lost after the time that the server gives, and what was under way with it", async () => {
    const { proxy } = await start("--resume-ms", "100");
    const client = await join(proxy.address, "client");
    proxy.muted = true;
    const sent = client.send("client", 1).catch(({ code }) => code);
    await new Promise<void>((resolve) => setImmediate(resolve));
    proxy.open = false;
    proxy.cut();
    expect(await sent).toBe("client/connection-lost");
    proxy.muted = false;
    proxy.open = true;
    expect(await next(client, "connected")).toMatchObject({ again: true, resumed: false });
    expect(await client.send("client", 2)).toEqual({ count: 1 });
  });

  it("is lost where more was sent to it than the server keeps, and the client is told how much", async () => {
    const { direct, proxy } = await start("--max-resume-frames", "10");
    const client = await join(proxy.address, "client");
    const other = await join(direct, "other");
    proxy.muted = true;
    await Promise.all(upTo(25).map((n) => other.send("client", n)));
    proxy.cut();
    proxy.muted = false;
    const missed = next(client, "missed");
    expect((await next(client, "connected")).resumed).toBe(false);
    expect((await missed).count).toBeGreaterThanOrEqual(15);
  });

  it("is lost at once where the server gives it no time, and another one stands", async () => {
    const { direct, proxy } = await start("--resume-ms", "0");
    const client = await join(proxy.address, "client");
    proxy.cut();
    expect((await next(client, "connected")).resumed).toBe(false);
    const other = await join(direct, "other");
    expect(await other.send("client", 1)).toEqual({ count: 1 });
  });
});
