import { describe, expect, it } from "vitest";
import { startProxyWorld } from "./http-proxy.kit.ts";

function start(limits: Parameters<typeof startProxyWorld>[0] = {}) {
  const world = startProxyWorld(limits);
  world.join("c", "127.0.0.1:1000");
  return world;
}

describe("time", () => {
  it("is up for a target that does not begin its answer", () => {
    const world = start();
    const { outcome } = world.send();
    world.clock.advance(29_900);
    expect(outcome.failure).toBeNull();
    world.clock.advance(200);
    expect(outcome.failure).toMatchObject({ code: "proxy/timeout", reason: ":timeout" });
    expect(world.last().isAborted).toBe(true);
    expect(world.proxy.inFlight).toBe(0);
  });

  it("is not spent twice by asking another", () => {
    const world = start();
    world.join("d", "127.0.0.1:1001");
    world.send();
    world.clock.advance(31_000);
    expect(world.dialled).toHaveLength(1);
  });

  it("begins anew with each part of an answer", () => {
    const world = start();
    const { outcome } = world.send();
    world.last().handlers.head(200, []);
    for (let i = 0; i < 5; i++) {
      world.clock.advance(20_000);
      world.last().handlers.data(Buffer.from("x"));
    }
    expect(outcome.failure).toBeNull();
    world.clock.advance(31_000);
    expect(outcome).toMatchObject({ status: 200, body: "xxxxx", isWhole: false, failure: { code: "proxy/timeout" } });
  });

  it("does not pass between the events of an event stream", () => {
    const world = start();
    const { outcome } = world.send();
    world.last().handlers.head(200, [["content-type", "text/event-stream; charset=utf-8"]]);
    world.clock.advance(3_600_000);
    expect(outcome.failure).toBeNull();
  });

  it("does not pass while nobody takes the answer", () => {
    const world = start();
    const { outcome, sending } = world.send();
    world.last().handlers.head(200, []);
    sending.pause();
    expect(world.last().isPaused).toBe(true);
    world.clock.advance(100_000);
    expect(outcome.failure).toBeNull();
    sending.resume();
    world.clock.advance(29_000);
    expect(outcome.failure).toBeNull();
    world.clock.advance(2000);
    expect(outcome.failure?.code).toBe("proxy/timeout");
  });

  it("does not pass while the target waits for the request's body", async () => {
    const world = start();
    const { promise, resolve } = Promise.withResolvers<void>();
    async function* slow(): AsyncGenerator<Uint8Array> {
      await promise;
      yield Buffer.from("x");
    }
    const { outcome } = world.send({ method: "POST", body: slow() });
    const body = (world.last().request.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    const piece = body.next();
    world.clock.advance(100_000);
    expect(outcome.failure).toBeNull();
    resolve();
    await piece;
    world.clock.advance(61_000);
    expect(outcome.failure?.code).toBe("proxy/timeout");
    await expect(body.next()).rejects.toThrow("not wanted");
  });
});

describe("the size of an answer", () => {
  it("is refused by what it tells of itself", () => {
    const world = start({ limits: { maxProxyResponseBytes: 10 } });
    const { outcome } = world.send();
    world.last().handlers.head(200, [["content-length", "11"]]);
    expect(outcome).toMatchObject({ status: null, failure: { code: "proxy/response-too-large" } });
    expect(world.last().isAborted).toBe(true);
  });

  it("is cut where it does not tell", () => {
    const world = start({ limits: { maxProxyResponseBytes: 10 } });
    const { outcome } = world.send();
    world.last().handlers.head(200, []);
    world.last().handlers.data(Buffer.alloc(10, "x"));
    expect(outcome.failure).toBeNull();
    world.last().handlers.data(Buffer.from("y"));
    expect(outcome).toMatchObject({ body: "x".repeat(10), failure: { code: "proxy/response-too-large" } });
    expect(world.last().isAborted).toBe(true);
  });

  it("of HEAD is nobody's burden", () => {
    const world = start({ limits: { maxProxyResponseBytes: 10 } });
    const { outcome } = world.send({ method: "HEAD" });
    world.last().answer(200, [["content-length", "1000"]]);
    expect(outcome).toMatchObject({ status: 200, length: 1000, isWhole: true });
  });
});

describe("requests under way", () => {
  it("are bounded, and those over it refused at once", () => {
    const world = start();
    const sendings = Array.from({ length: 10 }, () => world.send());
    expect(world.send().outcome.failure?.code).toBe("proxy/overloaded");
    expect(world.dialled).toHaveLength(10);
    sendings[0]!.sending.abort();
    expect(world.dialled[0]!.isAborted).toBe(true);
    expect(world.send().outcome.failure).toBeNull();
  });

  it("leave by each of their ends, once", () => {
    const world = start();
    const first = world.send();
    world.last().answer();
    first.sending.abort();
    const second = world.send();
    second.sending.abort();
    second.sending.abort();
    expect(world.proxy.inFlight).toBe(0);
    expect(world.metrics.total("singyeong_proxy_requests_total")).toBe(2);
  });
});
