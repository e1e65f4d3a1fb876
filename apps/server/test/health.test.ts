import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { createMemoryQueueStore, createSteppedClock } from "../src/index.ts";
import { StoreError } from "../src/kernel/store-error.ts";
import type { StoreFault } from "../src/ports/queue-store.ts";
import { dial } from "./listener-harness.ts";
import { startObserved } from "./observe-kit.ts";

const message = { target: {}, payload: 1 };

/** A server over a store that fails as it is told to. */
async function startOverBrokenStore() {
  const clock = createSteppedClock();
  const memory = createMemoryQueueStore({ maxBytes: 1_000_000 });
  const trouble = { fault: null as StoreFault | null };
  const queueStore = {
    ...memory,
    usedBytes: () => memory.usedBytes(),
    commit: (...changes: Parameters<typeof memory.commit>) =>
      trouble.fault === null ? memory.commit(...changes) : Promise.reject(new StoreError(trouble.fault, "no")),
  };
  const site = await startObserved({ clock, queueStore });
  const push = async () => (await site.ask("POST", "/api/v1/queues/jobs/messages", message)).status;
  const ready = async () => {
    const { status, text } = await site.ask("GET", "/readyz");
    return [status, text];
  };
  return { ...site, clock, trouble, push, ready };
}

describe("readiness", () => {
  it("is there while all is well", async () => {
    await using site = await startOverBrokenStore();
    await site.push();
    expect(await site.ready()).toEqual([200, "ok\n"]);
  });

  it.each(["io", "full"] as const)(
    "is gone while the store cannot write (%s), and comes back with it",
    async (fault) => {
      await using site = await startOverBrokenStore();
      site.trouble.fault = fault;
      await site.push();
      expect(await site.ready()).toEqual([503, `the queue store cannot write: ${fault}\n`]);
      expect((await site.ask("GET", "/healthz")).status).toBe(200);
      site.trouble.fault = null;
      expect([await site.push(), await site.ready()]).toEqual([201, [200, "ok\n"]]);
    },
  );

  it("comes back by itself some seconds after the last failure, for the next push to find out", async () => {
    await using site = await startOverBrokenStore();
    site.trouble.fault = "io";
    await site.push();
    site.clock.advance(4900);
    expect((await site.ready())[0]).toBe(503);
    site.clock.advance(200);
    expect((await site.ready())[0]).toBe(200);
    await site.push();
    expect((await site.ready())[0]).toBe(503);
  });

  it("is not gone because a bound refuses pushes", async () => {
    await using site = await startOverBrokenStore();
    site.trouble.fault = "bound";
    expect(await site.push()).toBe(507);
    expect((await site.ready())[0]).toBe(200);
  });

  it.each(["uws", "node"] as const)("is gone while the server drains (%s)", async (listener) => {
    await using site = await startObserved({}, { goodbyeMs: 5000, drainTimeoutMs: 5000, listener });
    const client = await site.enter("a");
    const { begin, finish } = await openRaw(site.port);
    await begin("GET /readyz HTTP/1.1\r\n");
    const drained = site.server.drain("bye");
    expect(await client.next()).toMatchObject({ op: 7 });
    expect(await finish("host: a\r\n\r\n")).toMatch(/^HTTP\/1\.1 503 .*draining\n$/s);
    await site.server.kill();
    await drained;
  });
});

/** A request that begins before the drain: connections that come later are refused, and those that are idle close. */
async function openRaw(port: number) {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  async function finish(text: string): Promise<string> {
    socket.write(text);
    const [answer] = (await once(socket, "data")) as [Buffer];
    return answer.toString();
  }
  // Behind a whole request, whose answer tells that it has come.
  return { finish, begin: (text: string) => finish(`GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n${text}`) };
}

it("counts connections that wait for their peer to read", async () => {
  await using site = await startObserved();
  await dial(site.port, "/gateway/websocket");
  expect(await site.scrape('singyeong_backlog_bytes{of="all"}')).toBe(0);
  expect(await site.scrape('singyeong_backlog_bytes{of="largest"}')).toBe(0);
});
