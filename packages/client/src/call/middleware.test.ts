import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settle, watch } from "../create-client.kit.ts";
import { SingyeongError } from "../errors.ts";
import { stageCalls } from "./call.kit.ts";

const unhandled: unknown[] = [];
const catchUnhandled = (error: unknown): void => void unhandled.push(error);
beforeEach(() => void process.on("unhandledRejection", catchUnhandled));
afterEach(async () => {
  await settle();
  process.off("unhandledRejection", catchUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

function stage() {
  const server = stageCalls();
  const math = server.join({ app: "math" });
  const web = server.join({ app: "web" });
  return { server, math, web };
}

async function readAll<T>(messages: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const message of messages) read.push(message);
  return read;
}

describe("middleware round handlers", () => {
  it("runs in the order it was given, that of the client outside that of the service, until it is taken off", async () => {
    const { server, math, web } = stage();
    const told: string[] = [];
    const tell = (name: string) => async (_: unknown, next: () => unknown) => {
      told.push(`${name} in`);
      const result = await next();
      told.push(`${name} out`);
      return result;
    };
    const remove = math.client.use({ incoming: tell("first") });
    math.client.serve({ add: ([a, b]: [number, number]) => a + b }, { use: [tell("third")] });
    math.client.use({ incoming: tell("second") });
    const sum = watch(web.client.call("math", "add", [1, 2]));
    await server.run();
    expect(sum.value).toBe(3);
    expect(told).toEqual(["first in", "second in", "third in", "third out", "second out", "first out"]);
    remove();
    await settle();
    told.length = 0;
    void web.client.call("math", "add", [1, 2]);
    await server.run();
    expect(told[0]).toBe("second in");
  });

  it("may refuse, change what the handler gets, and change what it returns", async () => {
    const { server, math, web } = stage();
    math.client.use({
      incoming(call, next) {
        if (call.headers.token !== "t") throw new SingyeongError("auth/denied", "no token", { delivered: false });
        call.input = (call.input as number) + 1;
        return (next() as number) * 10;
      },
    });
    math.client.handle("get", (n: number) => n);
    const calls = [{}, { headers: { token: "t" } }].map((options) =>
      web.client.call("math", "get", 1, options).catch((error: SingyeongError) => [error.code, error.delivered]),
    );
    await server.run();
    expect(await Promise.all(calls)).toEqual([["auth/denied", false], 20]);
  });

  it("passes streams on, and is not asked about callbacks", async () => {
    const { server, math, web } = stage();
    const asked: string[] = [];
    const incoming = (call: { readonly method: string }, next: () => unknown) => {
      asked.push(call.method);
      return next();
    };
    for (const { client } of [math, web]) client.use({ incoming });
    math.client.handle("count", async function* (report) {
      yield 1;
      yield await report();
    });
    const all = watch(readAll(web.client.call("math", "count", () => 2)));
    await server.run();
    expect([all.value, asked]).toEqual([[1, 2], ["count"]]);
  });
});

describe("middleware round calls", () => {
  it("may take its time, fill headers in, and see the result", async () => {
    const { server, math, web } = stage();
    const seen: unknown[] = [];
    web.client.use({
      async outgoing(call, next) {
        await settle();
        call.headers.token = "t";
        const result = await next();
        seen.push(call.method, result);
        return result;
      },
    });
    math.client.handle("token", (_, { headers }) => headers.token);
    const token = watch(web.client.call("math", "token", null, { headers: { a: "1" } }));
    for (let i = 0; i < 5; i++) await server.run();
    expect([token.value, seen]).toEqual(["t", ["token", "t"]]);
    expect(server.sent("CALL")[0]!.d.headers).toEqual({ a: "1", token: "t" });
  });

  it("leaves the messages of a stream to its reader", async () => {
    const { server, math, web } = stage();
    const last: unknown[] = [];
    web.client.use({
      async outgoing(_, next) {
        last.push(await next());
        return last[0];
      },
    });
    math.client.handle("count", async function* () {
      yield 1;
      yield 2;
    });
    const all = watch(readAll(web.client.call("math", "count")));
    for (let i = 0; i < 5; i++) await server.run();
    expect([all.value, last]).toEqual([[1, 2], [2]]);
  });

  it("may answer by itself, try again, or fail", async () => {
    const { server, math, web } = stage();
    let tries = 0;
    math.client.handle("flaky", () => {
      if (++tries < 3) throw new SingyeongError("math/flaky", "again");
      return tries;
    });
    const remove = web.client.use({ outgoing: (call, next) => (call.method === "cached" ? 42 : next()) });
    web.client.use({
      async outgoing({ method }, next) {
        if (method === "never") throw new Error("never");
        for (;;) {
          try {
            return await next();
          } catch (error) {
            if ((error as SingyeongError).code !== "math/flaky") throw error;
          }
        }
      },
    });
    const calls = ["cached", "flaky", "never"].map((method) => watch(web.client.call("math", method)));
    const cached = watch(readAll(web.client.call("math", "cached")));
    for (let i = 0; i < 8; i++) await server.run();
    expect(calls.map(({ value }) => value)).toEqual([42, 3, undefined]);
    expect([cached.value, server.open]).toEqual([[42], 0]);
    remove();
  });

  it("is given up with the call", async () => {
    const { server, math, web } = stage();
    web.client.use({ outgoing: (_, next) => next() });
    const signals: AbortSignal[] = [];
    math.client.handle("wait", (_, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    const call = web.client.call("math", "wait");
    const outcome = watch(call);
    for (let i = 0; i < 3; i++) await server.run();
    call.cancel("enough");
    await server.run();
    expect([outcome.value, signals[0]!.aborted, server.open]).toEqual(["client/aborted", true, 0]);
  });
});

describe("a relay", () => {
  it("passes calls on as they are: payload, headers, messages, trailers, ends", async () => {
    const { server, math, web } = stage();
    const edge = server.join({ app: "edge" });
    edge.client.handle("own", () => "edge");
    edge.client.relay({
      accepts: (method) => method !== "none",
      to: ({ headers, from }) => ({ target: headers.to!, headers: { via: from.app } }),
    });
    math.client.handle("echo", async function* (input, context) {
      context.setHeaders({ via: context.headers.via! });
      context.setTrailers({ done: "1" });
      if (typeof input === "object") for await (const each of input) yield each;
      else yield input;
      return "end";
    });
    math.client.handle("get", (n: number) => n);
    const headers = { to: "math" };
    const many = web.client.call(
      "edge",
      "echo",
      (async function* () {
        yield 1;
        yield 2;
      })(),
      { headers },
    );
    const all = watch(readAll(many));
    const one = watch(web.client.call("edge", "get", 5, { headers }));
    const own = watch(web.client.call("edge", "own"));
    const none = watch(web.client.call("edge", "none"));
    for (let i = 0; i < 10; i++) {
      await server.run();
      for (const { platform } of [math, web, edge]) platform.step(5);
    }
    expect([all.value, one.value, own.value, none.value]).toEqual([[1, 2, "end"], 5, "edge", "stream/rejected"]);
    expect([await many.headers, await many.trailers, server.open]).toEqual([{ via: "web" }, { done: "1" }, 0]);
    expect(server.sent("DATA").filter(({ d }) => d.payload === 5).length).toBe(2);
  });

  it("passes on why a call failed, and that it was given up", async () => {
    const { server, math, web } = stage();
    const edge = server.join({ app: "edge" });
    edge.client.relay({
      accepts: () => true,
      async to({ headers }) {
        if (headers.to === undefined) throw new SingyeongError("edge/lost", "where to?", { data: 1 });
        return headers.to;
      },
    });
    const signals: AbortSignal[] = [];
    math.client.handle("wait", (_, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    math.client.handle("fail", () => {
      throw new SingyeongError("math/overflow", "too large", { data: 2 });
    });
    const failing = [{}, { to: "math" }, { to: "nobody" }].map((headers) =>
      web.client.call("edge", "fail", null, { headers }).catch(({ code, delivered, data }) => [code, delivered, data]),
    );
    const waiting = web.client.call("edge", "wait", null, { headers: { to: "math" } });
    waiting.catch(() => {});
    await server.run();
    expect(await Promise.all(failing)).toEqual([
      ["edge/lost", false, 1],
      ["math/overflow", true, 2],
      ["route/no-match", false, undefined],
    ]);
    waiting.cancel();
    await server.run();
    expect([signals[0]!.reason.code, server.open]).toEqual(["stream/cancelled", 0]);
  });

  it("has callbacks called back through it", async () => {
    const { server, math, web } = stage();
    const edge = server.join({ app: "edge" });
    edge.client.relay({ accepts: () => true, to: () => "math" });
    math.client.handle("twice", async (f) => [await f(1), await f(2)]);
    const twice = watch(web.client.call("edge", "twice", (n: number) => n * 10));
    await server.run();
    expect([twice.value, server.open]).toEqual([[10, 20], 0]);
  });
});
