import { describe, expect, it } from "vitest";
import { startProxyWorld } from "./http-proxy.kit.ts";

function startCrowd(size: number) {
  const world = startProxyWorld();
  for (let i = 0; i < size; i++) world.join(`c${i}`, `127.0.0.1:${1000 + i}`);
  return world;
}

const ports = (world: ReturnType<typeof startCrowd>): readonly number[] =>
  world.dialled.map(({ target }) => target.port);

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

describe("a target that is not reached", () => {
  it("is made up for by another, whatever the method", () => {
    const world = startCrowd(2);
    const { outcome } = world.send({ method: "POST", body: Buffer.from("x") });
    world.last().fail("nothing");
    world.last().answer(201, [], "done");
    expect(new Set(ports(world)).size).toBe(2);
    expect(outcome).toMatchObject({ status: 201, body: "done", isWhole: true, failure: null });
    expect(world.metrics.total("singyeong_proxy_failovers_total")).toBe(1);
    expect(world.proxy.inFlight).toBe(0);
  });

  it("is made up for by three others at most, each of them another", () => {
    const world = startCrowd(9);
    const { outcome } = world.send();
    for (let i = 0; i < 4; i++) world.dialled[i]!.fail("nothing");
    expect(new Set(ports(world)).size).toBe(4);
    expect(outcome.failure).toEqual({
      code: "proxy/unreachable",
      reason: ":econnrefused",
      reach: "nothing",
      target: `http://127.0.0.1:${ports(world).at(-1)}`,
      client: `app/c${ports(world).at(-1)! - 1000}`,
    });
  });

  it("fails the request where there is no other", () => {
    const world = startCrowd(1);
    const { outcome } = world.send();
    world.last().fail("nothing");
    expect(world.dialled).toHaveLength(1);
    expect(outcome.failure).toMatchObject({ code: "proxy/unreachable", reason: ":econnrefused" });
  });

  it("is made up for with a streamed body that nobody touched", () => {
    const world = startCrowd(2);
    const { outcome } = world.send({ method: "POST", body: pieces("x") });
    world.last().fail("nothing");
    world.last().answer();
    expect(outcome.status).toBe(200);
  });
});

describe("a target that breaks off before its answer", () => {
  it.each(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])(
    "is made up for where the method is idempotent: %s",
    (method) => {
      const world = startCrowd(2);
      const { outcome } = world.send({ method });
      world.last().fail("target");
      world.last().answer();
      expect(new Set(ports(world)).size).toBe(2);
      expect(outcome.status).toBe(200);
    },
  );

  it.each(["POST", "PATCH", "FOO"])("is not where a second request could do harm: %s", (method) => {
    const world = startCrowd(2);
    const { outcome } = world.send({ method });
    world.last().fail("target", ":closed");
    expect(world.dialled).toHaveLength(1);
    expect(outcome.failure).toMatchObject({ code: "proxy/unreachable", reason: ":closed" });
  });

  it("is not where some of a streamed body is gone", async () => {
    const world = startCrowd(2);
    const { outcome } = world.send({ method: "PUT", body: pieces("x", "y") });
    await (world.last().request.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]().next();
    world.last().fail("target", ":closed");
    expect(world.dialled).toHaveLength(1);
    expect(outcome.failure).not.toBeNull();
  });

  it("is asked once more where nobody else is there", () => {
    const world = startCrowd(1);
    const { outcome } = world.send();
    world.last().fail("target", ":closed");
    world.last().fail("target", ":closed");
    expect(world.dialled).toHaveLength(2);
    expect(outcome.failure).toMatchObject({ reason: ":closed" });
  });

  it("is not made up for once its answer has begun", () => {
    const world = startCrowd(2);
    const { outcome } = world.send();
    world.last().handlers.head(200, []);
    world.last().fail("answer", ":closed");
    expect(world.dialled).toHaveLength(1);
    expect(outcome).toMatchObject({ status: 200, isWhole: false, failure: { reason: ":closed" } });
  });
});

describe("a target that is missed five times in a row", () => {
  function startWithDeadOne() {
    const world = startCrowd(1);
    for (let i = 0; i < 5; i++) {
      world.send();
      world.last().fail("nothing");
    }
    return world;
  }

  it("is not dialled for a second", () => {
    const world = startWithDeadOne();
    expect(world.send().outcome.failure?.code).toBe("proxy/circuit-open");
    expect(world.dialled).toHaveLength(5);
    expect(world.proxy.targets()).toMatchObject([{ target: "http://127.0.0.1:1000", state: "open", unreachable: 5 }]);
    world.clock.advance(1000);
    const { outcome } = world.send();
    expect(world.send().outcome.failure?.code).toBe("proxy/circuit-open");
    world.last().answer();
    expect(outcome.status).toBe(200);
    expect(world.send().outcome.failure).toBeNull();
  });

  it("is passed over where there are others", () => {
    const world = startWithDeadOne();
    world.join("alive", "127.0.0.1:2000");
    for (let i = 0; i < 20; i++) {
      const { outcome } = world.send();
      world.last().answer();
      expect(outcome.status).toBe(200);
    }
    expect(
      ports(world)
        .slice(5)
        .every((port) => port === 2000),
    ).toBe(true);
  });

  it("does not hide that nobody matches at all", () => {
    const world = startWithDeadOne();
    world.registry.leave(world.registry.find("app", "c0")!);
    expect(world.send().outcome.failure).toEqual({ code: "route/no-match", reason: "no matches" });
  });
});

it("restricted clients are no targets, nor are clients without an address", () => {
  const world = startProxyWorld();
  world.join("r", "127.0.0.1:1000", { restricted: true });
  world.join("n", null);
  expect(world.send().outcome.failure?.code).toBe("route/no-match");
});

it("what is announced and cannot be read counts as unreachable", () => {
  const world = startProxyWorld();
  world.join("odd", "ftp://127.0.0.1");
  expect(world.send().outcome.failure).toMatchObject({ code: "proxy/unreachable", reason: ":einval" });
});
