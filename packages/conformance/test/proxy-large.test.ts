import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, type ClientRequest, request } from "node:http";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { eachListener } from "../src/each-listener.ts";
import { startTarget } from "./proxy.kit.ts";

const size = 1_000_000_000;
const chunk = Buffer.alloc(65_536, "x");
/** What the server may grow by, whatever passes through it. */
const roomBytes = 256 * 1024 * 1024;

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * 1024;
}

/** A turn of the event loop for each piece: who writes as fast as memory is read meets another bound (docs/limits.md). */
async function writeAll(to: ClientRequest | import("node:http").ServerResponse): Promise<void> {
  for (let left = size; left > 0; left -= chunk.length) {
    const piece = left < chunk.length ? chunk.subarray(0, left) : chunk;
    if (to.write(piece)) await new Promise((resolve) => setImmediate(resolve));
    else await once(to, "drain");
  }
  to.end();
}

/** Reads to the end; `each` is called every 64 MiB. */
async function count(from: AsyncIterable<Buffer>, each: () => void): Promise<number> {
  let bytes = 0;
  let next = 0;
  for await (const piece of from) {
    bytes += piece.length;
    if (bytes < next) continue;
    each();
    next += 64 * 1024 * 1024;
  }
  return bytes;
}

eachListener("[PX-43] a gigabyte through the proxy, in constant memory", [], (server) => {
  test("up", { timeout: 120_000 }, async () => {
    const before = residentBytes(server().pid);
    let peak = before;
    const look = (): void => {
      peak = Math.max(peak, residentBytes(server().pid));
    };
    await using target = await startTarget(server(), async (req, res) => {
      res.end(String(await count(req, look)));
    });
    const sent = request(`${server().httpUrl}${target.path}/up`, { method: "PUT" });
    const answered = once(sent, "response");
    await writeAll(sent);
    const [answer] = await answered;
    let body = "";
    for await (const piece of answer) body += piece;
    expect(Number(body)).toBe(size);
    expect(peak - before).toBeLessThan(roomBytes);
  });

  test("down", { timeout: 120_000 }, async () => {
    const before = residentBytes(server().pid);
    let peak = before;
    await using target = await startTarget(server(), (_, res) => void writeAll(res));
    const sent = request(`${server().httpUrl}${target.path}/down`);
    sent.end();
    const [answer] = await once(sent, "response");
    const bytes = await count(answer, () => {
      peak = Math.max(peak, residentBytes(server().pid));
    });
    expect(bytes).toBe(size);
    expect(peak - before).toBeLessThan(roomBytes);
  });

  test("down to one that reads now and then", { timeout: 120_000 }, async () => {
    await using target = await startTarget(server(), (_, res) => void writeAll(res));
    const answer = await fetch(`${server().httpUrl}${target.path}/down`);
    let bytes = 0;
    for await (const piece of answer.body!) {
      bytes += piece.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(bytes).toBe(size);
  });
});

eachListener("[PX-43] bodies one after the other, over connections that are kept", [], (server) => {
  test("20,000 of 1 KiB over 32 connections come whole", { timeout: 120_000 }, async () => {
    await using target = await startTarget(server(), async (req, res) => {
      let bytes = 0;
      for await (const piece of req) bytes += piece.length;
      res.end(String(bytes));
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 32 });
    const ports = new Set<number | undefined>();
    const body = Buffer.alloc(1024, "y");
    let left = 20_000;
    async function lane(): Promise<void> {
      while (left-- > 0) {
        const sent = request(`${server().httpUrl}${target.path}/`, { method: "POST", agent });
        const answered = once(sent, "response");
        sent.end(body);
        const [answer] = await answered;
        ports.add(answer.socket.localPort);
        expect(await text(answer)).toBe("1024");
      }
    }
    await Promise.all(Array.from({ length: 32 }, lane));
    expect(ports.size).toBe(32);
    agent.destroy();
  });
});
