import { compose, loadConfig } from "@singyeong/server";
import { afterEach, describe, expect, it } from "vitest";
import type { Callback } from "../src/call/call.ts";
import type { Client } from "../src/client.ts";
import { connect } from "../src/connect.ts";
import type { ConnectOptions } from "../src/options/options.ts";

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

async function readAll<T>(messages: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const message of messages) read.push(message);
  return read;
}

async function* repeat<T>(count: number, value: (i: number) => T): AsyncGenerator<T, void> {
  for (let i = 0; i < count; i++) yield value(i);
}

it("a deadline is passed on as it is, and what the server refuses says why", async () => {
  const address = await startServer();
  const math = await join(address, "math");
  const web = await join(address, "web");
  math.serve({
    pass: (_, { deadlineMs }) => math.call("math", "left", null, { deadlineMs, waitMs: deadlineMs }),
    left: (_, { deadlineMs }) => deadlineMs,
  });
  const left = await web.call("math", "pass", null, { deadlineMs: 30_000.5 });
  expect([Number.isInteger(left), left > 0, await web.call("math", "pass")]).toEqual([true, true, null]);
  const target = { application: "math", ops: [{ path: "/a", op: "$like", to: { value: 1 } }] };
  const [invalid, unknown] = await Promise.all(
    [web.call("math", "left", null, { waitMs: 2 ** 50 }), web.call(target as never, "left")].map((call) =>
      call.catch((error: unknown) => error),
    ),
  );
  expect(invalid).toMatchObject({ code: "dispatch/invalid", details: { at: "/d/wait_ms" }, delivered: false });
  expect((invalid as Error).message).toMatch(/^invalid dispatch payload: \/d\/wait_ms: ./);
  expect(unknown).toMatchObject({ code: "query/invalid", details: { at: "/d/target/ops/0/op" }, delivered: false });
  expect((unknown as Error).message).toMatch(/^invalid query: \/d\/target\/ops\/0\/op: ./);
});

const encodings = ["json", "msgpack"] as const;
const pairs = encodings.flatMap((caller) => encodings.map((callee) => [caller, callee] as const));

describe.each(pairs)("from %s to %s", (callerEncoding, calleeEncoding) => {
  it("calls are answered, with every digit, header and trailer", async () => {
    const address = await startServer();
    const math = await join(address, "math", { encoding: calleeEncoding, id: "m1" });
    const web = await join(address, "web", { encoding: callerEncoding, id: "w1" });
    math.handle("echo", (input, context) => {
      context.setTrailers({ from: context.from.id, trace: context.headers.trace! });
      return input;
    });
    const input = { n: 123456789012345678n, list: [1, 2.5, null, "안녕"] };
    const call = web.call("math", "echo", input, { headers: { trace: "7" } });
    expect([await call, await call.trailers]).toEqual([input, { from: "w1", trace: "7" }]);
  });

  it("streams go both ways, more of them than may be under way", async () => {
    const address = await startServer();
    const math = await join(address, "math", { encoding: calleeEncoding });
    const web = await join(address, "web", { encoding: callerEncoding });
    math.handle("echo", async function* (input: AsyncIterable<string>) {
      for await (const text of input) yield text;
    });
    const text = "é".repeat(1000);
    const echoed = await readAll(
      web.call(
        "math",
        "echo",
        repeat(1000, (i) => `${i}${text}`),
      ),
    );
    expect(echoed.map((each) => each.slice(0, -1000))).toEqual(Array.from({ length: 1000 }, (_, i) => `${i}`));
  });

  it.each(["bytes", "msgpack"])("payloads travel by the codec %s", async (codec) => {
    const address = await startServer();
    const math = await join(address, "math", { encoding: calleeEncoding });
    const web = await join(address, "web", { encoding: callerEncoding });
    math.handle("echo", async function* (input: unknown, context) {
      yield context.codec;
      yield input;
    });
    math.handle("bytes", async function* (input: Uint8Array) {
      yield input.subarray(1);
      yield input.subarray(2);
    });
    if (codec === "bytes") {
      const all = await readAll(web.call("math", "bytes", new Uint8Array([1, 2, 3]), { codec }));
      expect(all.map((each) => [...each])).toEqual([[2, 3], [3]]);
    } else expect(await readAll(web.call("math", "echo", { a: [1n] }, { codec }))).toEqual([codec, { a: [1] }]);
  });
});

describe("a real server", () => {
  it("has whoever waits for a callee call it when it comes", async () => {
    const address = await startServer();
    const web = await join(address, "web");
    const call = web.call("math", "add", [1, 2], { waitMs: 10_000 });
    const math = await join(address, "math");
    math.handle("add", ([a, b]: [number, number]) => a + b);
    expect(await call).toBe(3);
  });

  it("ends a call at its deadline, for both", async () => {
    const address = await startServer();
    const math = await join(address, "math");
    const web = await join(address, "web");
    const signals: Promise<string>[] = [];
    math.handle("wait", (_, { signal }) => {
      signals.push(new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason.code))));
      return new Promise(() => {});
    });
    await expect(web.call("math", "wait", null, { deadlineMs: 20 })).rejects.toMatchObject({
      code: "stream/deadline",
      delivered: true,
    });
    expect(await Promise.all(signals)).toEqual(["stream/deadline"]);
  });

  it("tells who waits that the other side is gone", async () => {
    const address = await startServer();
    const math = await join(address, "math", { caps: ["stream"] });
    const web = await join(address, "web", { caps: ["stream"] });
    const begun = Promise.withResolvers<AbortSignal>();
    math.handle("wait", (_, { signal }) => {
      begun.resolve(signal);
      return new Promise(() => {});
    });
    const first = web.call("math", "wait").catch((error) => error);
    await begun.promise;
    await math.close();
    expect(await first).toMatchObject({ code: "stream/peer-lost", delivered: true });
    await expect(web.call("math", "wait")).rejects.toMatchObject({ code: "route/no-match", delivered: false });
  });

  it("passes callbacks on, through a relay as well, whatever their encodings", async () => {
    const address = await startServer();
    const math = await join(address, "math", { encoding: "msgpack" });
    const edge = await join(address, "edge");
    const web = await join(address, "web", { encoding: "msgpack" });
    math.handle("steps", async function* ({ n, report }: { n: number; report: Callback<number, string> }) {
      for (let i = 0; i < n; i++) yield await report(i);
    });
    edge.relay({ accepts: (method) => method !== "none", to: ({ headers }) => ({ target: headers.to!, headers: {} }) });
    const input = { n: 3, report: (i: number) => `step ${i}` };
    const steps = ["step 0", "step 1", "step 2"];
    expect(await readAll(web.call("math", "steps", input))).toEqual(steps);
    expect(await readAll(web.call("edge", "steps", input, { headers: { to: "math" } }))).toEqual(steps);
    await expect(web.call("edge", "none")).rejects.toMatchObject({ code: "stream/rejected", delivered: false });
    await expect(web.call("edge", "steps", null, { headers: { to: "no" } })).rejects.toMatchObject({
      code: "route/no-match",
      delivered: false,
    });
  });

  it("lets both ends call each other at once, with equal numbers", async () => {
    const address = await startServer();
    const [a, b] = [await join(address, "a"), await join(address, "b")];
    for (const client of [a, b]) client.handle("who", () => client.app);
    const calls = Array.from({ length: 200 }, () => [a.call("b", "who"), b.call("a", "who")]);
    expect(new Set((await Promise.all(calls.map((pair) => Promise.all(pair)))).map(String))).toEqual(new Set(["b,a"]));
  });
});
