import { describe, expect, it } from "vitest";
import { settle, startProxyWorld } from "./http-proxy.kit.ts";

const metadata = "169.254.169.254";

describe("a client's announced address", () => {
  it("is dialled where it is its own, on any port", () => {
    const world = startProxyWorld();
    world.join("own", "http://127.0.0.1:6379");
    world.send();
    expect(world.last().target).toEqual({ secure: false, address: "127.0.0.1", port: 6379, serverName: null });
    expect(world.last().request.headers[0]).toEqual(["host", "127.0.0.1:6379"]);
  });

  it.each([metadata, "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "localhost.", "0.0.0.0", "[::]", "10.0.0.1"])(
    "is not dialled where it is another's: %s",
    async (ip) => {
      const world = startProxyWorld({ resolve: () => ["127.0.0.1"] });
      world.join("forger", ip, { peer: "192.0.2.7" });
      const { outcome } = world.send();
      await settle();
      expect(world.dialled).toEqual([]);
      expect(outcome.failure).toMatchObject({
        code: "proxy/forbidden",
        message: expect.stringContaining("proxyAllow"),
        target: expect.stringMatching(/^http:\/\/.*:80$/),
        client: "app/forger",
      });
    },
  );

  it("does not keep requests from others of its application", () => {
    const world = startProxyWorld();
    for (let i = 0; i < 3; i++) world.join(`forger${i}`, metadata);
    world.join("honest", "127.0.0.1:1000");
    for (let i = 0; i < 20; i++) {
      const { outcome } = world.send();
      world.last().answer();
      expect(outcome.status).toBe(200);
    }
  });

  it("comes before the path where it has one", () => {
    const world = startProxyWorld();
    world.join("own", "http://127.0.0.1:81/base/");
    world.send({ path: "/p?q=1" });
    expect(world.last().request.path).toBe("/base/p?q=1");
  });
});

describe("a name", () => {
  it("is dialled as the address that was judged", async () => {
    const world = startProxyWorld({ resolve: () => ["10.0.0.5"], limits: { proxyAllow: ["*.example"] } });
    world.join("c", "https://api.example");
    world.send();
    await settle();
    expect(world.last().target).toEqual({ secure: true, address: "10.0.0.5", port: 443, serverName: "api.example" });
  });

  it.each([[["10.0.0.1"]], [[metadata]], [["::ffff:a9fe:a9fe"]], [["fe80::1", "0.0.0.0"]], [[]], [["nonsense"]]])(
    "that resolves to %j leads nowhere",
    async (addresses) => {
      const world = startProxyWorld({ resolve: () => addresses });
      world.join("c", "forger.example");
      const { outcome } = world.send();
      await settle();
      expect(world.dialled).toEqual([]);
      expect(outcome.failure?.code).toBe("proxy/forbidden");
    },
  );

  it("that is listed does not open the addresses that nobody means", async () => {
    const world = startProxyWorld({ resolve: () => [metadata], limits: { proxyAllow: ["api.example", "0.0.0.0/0"] } });
    world.join("c", "api.example");
    const { outcome } = world.send();
    await settle();
    expect(outcome.failure?.code).toBe("proxy/forbidden");
  });

  it("is judged by each of its addresses, and those that are forbidden are left out", async () => {
    const world = startProxyWorld({ resolve: () => [metadata, "127.0.0.1", "10.0.0.1"] });
    world.join("c", "mixed.example");
    const { outcome } = world.send();
    await settle();
    expect(world.last().target.address).toBe("127.0.0.1");
    world.last().fail("nothing");
    expect(world.dialled).toHaveLength(1);
    expect(outcome.failure?.code).toBe("proxy/unreachable");
  });

  it("that resolves to something else later is judged anew", async () => {
    let addresses = ["127.0.0.1"];
    const world = startProxyWorld({ resolve: () => addresses });
    world.join("c", "rebinding.example");
    world.send();
    await settle();
    world.last().answer();
    addresses = [metadata];
    world.clock.advance(5001);
    const { outcome } = world.send();
    await settle();
    expect(world.dialled.map(({ target }) => target.address)).toEqual(["127.0.0.1"]);
    expect(outcome.failure?.code).toBe("proxy/forbidden");
  });

  it("is tried at its next address where the first cannot be reached", async () => {
    const world = startProxyWorld({ resolve: () => ["::1", "127.0.0.1"] });
    world.join("c", "localhost:1000");
    const { outcome } = world.send({ method: "POST" });
    await settle();
    world.last().fail("nothing");
    expect(world.dialled.map(({ target }) => target.address)).toEqual(["::1", "127.0.0.1"]);
    world.last().answer();
    expect(outcome.status).toBe(200);
  });

  it("without addresses is unreachable", async () => {
    const world = startProxyWorld({ resolve: () => null });
    world.join("c", "nowhere.example");
    const { outcome } = world.send();
    await settle();
    expect(outcome.failure).toMatchObject({ code: "proxy/unreachable", reason: ":nxdomain" });
  });

  it("that is still looked up when whoever asked has gone is not dialled", async () => {
    const world = startProxyWorld({ resolve: () => ["127.0.0.1"] });
    world.join("c", "slow.example");
    world.send().sending.abort();
    await settle();
    expect(world.dialled).toEqual([]);
    expect(world.proxy.inFlight).toBe(0);
  });
});

describe("a redirect", () => {
  const start = (ip = "127.0.0.1:1000") => {
    const world = startProxyWorld({ resolve: () => [metadata] });
    world.join("c", ip);
    return world;
  };
  const headers = [
    ["authorization", "s"],
    ["accept", "a"],
  ] as const;

  it("is followed at the same target, with all that was sent", () => {
    const world = start();
    const { outcome } = world.send({ maxRedirects: 10, method: "POST", body: Buffer.from("x"), headers });
    world.last().answer(307, [["location", "/new?q=1"]]);
    expect(world.last().request).toMatchObject({ method: "POST", path: "/new?q=1", body: Buffer.from("x") });
    expect(world.last().request.headers).toEqual([
      ["host", "127.0.0.1:1000"],
      ...headers,
      ["via", "1.1 singyeong-kit"],
    ]);
    world.last().answer(200, [], "there");
    expect(outcome).toMatchObject({ status: 200, body: "there", isWhole: true });
    expect(world.proxy.inFlight).toBe(0);
  });

  it("to a place from where it comes back here is not followed round", () => {
    const world = start();
    const { outcome } = world.send({ headers: [...headers, ["via", "1.1 edge, 1.1 singyeong-kit"]] });
    expect(outcome).toMatchObject({ failure: { code: "proxy/forbidden" } });
    expect(world.proxy.inFlight).toBe(0);
  });

  it("to another origin leaves secrets behind", () => {
    const world = start();
    world.send({ maxRedirects: 10, headers });
    world.last().answer(302, [["location", "http://127.0.0.1:2000/"]]);
    expect(world.last().target.port).toBe(2000);
    expect(world.last().request.headers).toEqual([
      ["host", "127.0.0.1:2000"],
      ["accept", "a"],
      ["via", "1.1 singyeong-kit"],
    ]);
  });

  it.each([
    `http://${metadata}/latest`,
    "http://10.0.0.1/",
    "http://forger.example/",
    "file:///etc/passwd",
    "ftp://127.0.0.1/",
  ])("to %s is not followed", async (location) => {
    const world = start();
    const { outcome } = world.send({ maxRedirects: 10 });
    world.last().answer(302, [["location", location]]);
    await settle();
    expect(world.dialled).toHaveLength(1);
    expect(outcome.failure?.code).toBe("proxy/forbidden");
    expect(world.proxy.inFlight).toBe(0);
  });

  it("is followed ten times and no more", () => {
    const world = start();
    const { outcome } = world.send({ maxRedirects: 10 });
    for (let i = 0; i < 11; i++) world.last().answer(302, [["location", "/loop"]]);
    expect(world.dialled).toHaveLength(11);
    expect(outcome.failure?.code).toBe("proxy/too-many-redirects");
  });

  it("is passed on where none is to be followed", () => {
    const world = start();
    const { outcome } = world.send();
    world.last().answer(302, [["location", "/new"]]);
    expect(outcome).toMatchObject({ status: 302, headers: [["location", "/new"]] });
  });
});
