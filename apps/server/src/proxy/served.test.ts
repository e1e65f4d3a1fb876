import { describe, expect, it } from "vitest";
import { createDialled, type Dialled, startProxyWorld } from "./http-proxy.kit.ts";
import type { ServedClients } from "./target.ts";

/** Clients that serve over their connection while they are registered, as `serve` says, beside those that are dialled. */
function startServedWorld() {
  const serving = new Set<string>();
  let isCutByNext = false;
  const asked: (Dialled & { readonly id: string })[] = [];
  const served: ServedClients = {
    find: (client) =>
      serving.has(client.id) && client.membership !== null
        ? {
            send(request, handlers) {
              const target = { secure: false, address: "", port: 0, serverName: null };
              const each = Object.assign(createDialled(target, request, handlers), { id: client.id });
              asked.push(each);
              if (isCutByNext) cut(client.id);
              return {
                pause() {},
                resume() {},
                abort() {
                  each.isAborted = true;
                },
              };
            },
          }
        : null,
  };
  const world = startProxyWorld({ served });

  /** Its connection breaks, and it may come back. */
  function cut(id: string): void {
    isCutByNext = false;
    const client = world.registry.find("app", id)!;
    world.registry.leave(client);
    world.proxy.away(client);
  }

  return {
    ...world,
    asked,
    lastAsked: () => asked.at(-1)!,
    serve(id: string, ip: string | null = null) {
      serving.add(id);
      return world.join(id, ip ?? "127.0.0.1", { caps: ["http", "stream"] });
    },
    stop: (id: string) => void serving.delete(id),
    cut,
    /** The next request breaks the connection of whom it goes to. */
    cutByNext() {
      isCutByNext = true;
    },
  };
}

describe("a client that is away before it has answered", () => {
  it.each(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])("is made up for at once: %s", (method) => {
    const world = startServedWorld();
    world.serve("one");
    const { outcome } = world.send({ method });
    world.serve("two");
    world.cut("one");
    expect(world.asked.map(({ id, isAborted }) => [id, isAborted])).toEqual([
      ["one", true],
      ["two", false],
    ]);
    world.lastAsked().answer(200, [], "done");
    expect(outcome).toMatchObject({ status: 200, body: "done", isWhole: true, failure: null });
    expect(world.metrics.total("singyeong_proxy_failovers_total")).toBe(1);
    expect(world.proxy.inFlight).toBe(0);
  });

  it.each(["POST", "PATCH"])("is told of at once where a second request could do harm: %s", (method) => {
    const world = startServedWorld();
    world.serve("one");
    const { outcome } = world.send({ method });
    world.serve("two");
    world.cut("one");
    expect(world.asked).toHaveLength(1);
    expect(world.lastAsked().isAborted).toBe(true);
    expect(outcome.failure).toMatchObject({ code: "proxy/unreachable", reason: ":stream/peer-lost" });
    expect(world.proxy.inFlight).toBe(0);
  });

  it.each(["GET", "POST"])("is waited for where nobody else matches: %s", (method) => {
    const world = startServedWorld();
    world.serve("one");
    const { outcome } = world.send({ method });
    world.cut("one");
    expect([outcome.failure, world.lastAsked().isAborted]).toEqual([null, false]);
    world.lastAsked().answer(200, [], "resumed");
    expect(outcome).toMatchObject({ status: 200, body: "resumed" });
  });

  it("is made up for where its connection breaks by what it is asked", () => {
    const world = startServedWorld();
    world.serve("one");
    world.serve("two");
    world.cutByNext();
    const { outcome } = world.send();
    expect(world.asked.map(({ isAborted }) => isAborted)).toEqual([true, false]);
    world.lastAsked().answer(200, [], "done");
    expect([outcome.body, outcome.failure, world.proxy.inFlight]).toEqual(["done", null, 0]);
  });

  it("is waited for no longer than the answer may take", () => {
    const world = startServedWorld();
    world.serve("one");
    const { outcome } = world.send();
    world.cut("one");
    world.clock.advance(30_100);
    expect(outcome.failure?.code).toBe("proxy/timeout");
  });

  it("goes on with an answer that has begun", () => {
    const world = startServedWorld();
    world.serve("one");
    const { outcome } = world.send();
    world.lastAsked().handlers.head(200, []);
    world.serve("two");
    world.cut("one");
    expect([world.asked.length, world.lastAsked().isAborted, outcome.failure]).toEqual([1, false, null]);
    world.lastAsked().handlers.end();
    expect(outcome.isWhole).toBe(true);
  });

  it("takes nothing from requests that are over, or go to others", () => {
    const world = startServedWorld();
    world.serve("one");
    const answered = world.send();
    world.lastAsked().answer();
    const left = world.send();
    left.sending.abort();
    world.serve("two", "127.0.0.1:1000");
    world.cut("one");
    const other = world.send();
    world.serve("one");
    world.cut("one");
    expect([answered, left, other].map(({ outcome }) => outcome.failure)).toEqual([null, null, null]);
    expect(world.asked).toHaveLength(3);
  });
});

describe("a client that serves over its connection", () => {
  it.each(["target", "nothing"] as const)("is not dialled where that has failed: reach %s", (reach) => {
    const world = startServedWorld();
    const client = world.serve("one", "127.0.0.1:1000");
    const { outcome } = world.send();
    world.registry.leave(client);
    world.lastAsked().fail(reach, ":stream/peer-lost");
    expect(world.dialled).toEqual([]);
    expect(outcome.failure).toMatchObject({ code: "proxy/unreachable", reason: ":stream/peer-lost" });
  });

  it("is not asked again for what it has refused", () => {
    const world = startServedWorld();
    world.serve("one", "127.0.0.1:1000");
    const { outcome } = world.send();
    world.stop("one");
    world.lastAsked().handlers.failed({ code: "proxy/bad-response", reason: ":stream/failed", reach: "target" });
    expect([world.asked.length, world.dialled]).toEqual([1, []]);
    expect(outcome.failure?.code).toBe("proxy/bad-response");
  });

  it("is no target once it has stopped, unless it announced an address of its own", () => {
    const world = startServedWorld();
    world.serve("unannounced");
    world.stop("unannounced");
    expect(world.send().outcome.failure?.code).toBe("route/no-match");
    world.serve("announced", "127.0.0.1:1000");
    world.stop("announced");
    world.send();
    expect(world.last().target.port).toBe(1000);
  });

  it("differs in that from one without the extension, whose peer address is dialled", () => {
    const world = startServedWorld();
    world.join("plain", "127.0.0.1");
    world.send();
    expect(world.last().target).toMatchObject({ address: "127.0.0.1", port: 80 });
  });
});
