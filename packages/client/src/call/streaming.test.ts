import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settle, watch } from "../create-client.kit.ts";
import { type CallStage, stageCalls } from "./call.kit.ts";
import type { Callback } from "./call.ts";

const unhandled: unknown[] = [];
const catchUnhandled = (error: unknown): void => void unhandled.push(error);
beforeEach(() => void process.on("unhandledRejection", catchUnhandled));
afterEach(async () => {
  await settle();
  process.off("unhandledRejection", catchUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

function stage(streamBytes?: number) {
  const server = stageCalls(streamBytes);
  const math = server.join({ app: "math" });
  const web = server.join({ app: "web" });
  return { server, math, web };
}

/** Numbers up to a count, and how far they were asked for. */
function countTo(count: number, text = "") {
  const asked = { last: 0, returned: false };
  async function* numbers() {
    try {
      for (let n = 1; n <= count; n++) {
        asked.last = n;
        yield text === "" ? n : text + n;
      }
    } finally {
      asked.returned = true;
    }
  }
  return { asked, messages: numbers() };
}

async function readAll<T>(messages: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const message of messages) read.push(message);
  return read;
}

/** Passes frames on and lets time pass until a promise is settled. */
async function runUntil<T>(
  server: CallStage,
  stages: readonly { platform: { step(ms: number): void } }[],
  promise: Promise<T>,
) {
  const outcome = watch(promise);
  for (let i = 0; i < 5000 && outcome.value === "pending"; i++) {
    await server.run();
    for (const { platform } of stages) platform.step(5);
  }
  return outcome.value as T;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe("what a handler yields", () => {
  it("arrives in order, with what it returns as the last", async () => {
    const { server, math, web } = stage();
    math.client.handle("count", async function* (n: number) {
      for (let i = 1; i <= n; i++) yield i;
      return "end";
    });
    const all = readAll(web.client.call("math", "count", 1000));
    expect(await runUntil(server, [math, web], all)).toEqual([...range(1000), "end"]);
    expect(server.open).toBe(0);
  });

  it("is awaited as its last message", async () => {
    const { server, math, web } = stage();
    math.client.handle("count", () => countTo(1000).messages);
    const last = Promise.resolve(web.client.call("math", "count"));
    expect(await runUntil(server, [math, web], last)).toBe(1000);
  });

  it("is asked for as far as its reader gave credit, and no further", async () => {
    const { server, math, web } = stage();
    const { asked, messages } = countTo(1000);
    math.client.handle("count", () => messages);
    const call = web.client.call("math", "count", null, { credit: 10 });
    const numbers = call[Symbol.asyncIterator]();
    await server.run();
    expect(asked.last).toBe(10);
    for (let i = 0; i < 4; i++) await numbers.next();
    await server.run();
    expect(asked.last).toBe(10);
    await numbers.next();
    await server.run();
    expect([asked.last, server.sent("CREDIT").map(({ d }) => d.n)]).toEqual([15, [5]]);
  });

  it("stops at the bytes that may be under way", async () => {
    const { server, math, web } = stage(10_000);
    const { asked, messages } = countTo(100, "x".repeat(3000));
    math.client.handle("count", () => messages);
    const call = web.client.call("math", "count");
    const all = call[Symbol.asyncIterator]();
    await server.run();
    expect(asked.last).toBe(4);
    expect((await runUntil(server, [math, web], readAll(all))).length).toBe(100);
  });

  it("is awaited to its end where its messages are large, and small after that", async () => {
    const { server, math, web } = stage(10_000);
    math.client.handle("count", async function* () {
      for (let i = 0; i < 50; i++) yield ["x".repeat(6000)];
      for (let i = 0; i < 50; i++) yield "x".repeat(6000);
      yield "end";
    });
    const last = Promise.resolve(web.client.call("math", "count"));
    expect(await runUntil(server, [math, web], last)).toBe("end");
  });

  it("is told, by its return, that nobody reads on", async () => {
    const { server, math, web } = stage();
    const { asked, messages } = countTo(1000);
    math.client.handle("count", () => messages);
    const call = web.client.call("math", "count");
    const first = (async () => {
      for await (const n of call) return n;
    })();
    expect(await runUntil(server, [math, web], first)).toBe(1);
    await server.run();
    expect([asked.returned, server.open]).toEqual([true, 0]);
    await expect(call).rejects.toMatchObject({ code: "client/aborted" });
  });

  it("fails its reader once what came before was read", async () => {
    const { server, math, web } = stage();
    math.client.handle("count", async function* () {
      yield 1;
      throw Object.assign(new Error("no more"), { code: "math/empty" });
    });
    const call = web.client.call("math", "count");
    const numbers = call[Symbol.asyncIterator]();
    await server.run();
    expect(await numbers.next()).toEqual({ done: false, value: 1 });
    await expect(numbers.next()).rejects.toMatchObject({ code: "math/empty", message: "no more" });
    expect(await numbers.next()).toEqual({ done: true, value: undefined });
  });

  it("may be read after it was awaited for its headers, and awaited after it was read", async () => {
    const { server, math, web } = stage();
    math.client.handle("count", async function* (_, context) {
      context.setHeaders({ unit: "m" });
      context.setTrailers({ sum: "3" });
      yield 1;
      yield 2;
    });
    const call = web.client.call("math", "count");
    call.catch(() => {});
    const headers = watch(call.headers);
    const messages = call[Symbol.asyncIterator]();
    await server.run();
    expect(headers.value).toEqual({ unit: "m" });
    expect(await readAll(messages)).toEqual([1, 2]);
    expect([await call, await call.trailers]).toEqual([2, { sum: "3" }]);
  });

  it("is lost with its connection, for both", async () => {
    const { server, math, web } = stage();
    const { asked, messages } = countTo(1_000_000);
    math.client.handle("count", () => messages);
    const numbers = web.client.call("math", "count")[Symbol.asyncIterator]();
    await server.run();
    web.cut();
    math.cut();
    await settle();
    expect(asked.returned).toBe(true);
    await expect(readAll({ [Symbol.asyncIterator]: () => numbers })).rejects.toMatchObject({
      code: "client/connection-lost",
    });
  });
});

describe("an input that is a stream", () => {
  it("arrives in order while the handler answers, and both end", async () => {
    const { server, math, web } = stage();
    math.client.handle("double", async function* (numbers: AsyncIterable<number>) {
      for await (const n of numbers) yield n * 2;
    });
    const all = readAll(web.client.call("math", "double", countTo(1000).messages));
    expect(await runUntil(server, [math, web], all)).toEqual(range(1000).map((n) => n * 2));
    expect(server.open).toBe(0);
  });

  it("may be a ReadableStream", async () => {
    const { server, math, web } = stage();
    math.client.handle("sum", async (_, context) => {
      let sum = 0;
      for await (const n of context.messages()) sum += n as number;
      return sum;
    });
    const sum = Promise.resolve(web.client.call("math", "sum", new Response("ab").body!.pipeThrough(toNumbers())));
    expect(await runUntil(server, [math, web], sum)).toBe(97 + 98);
  });

  it("is asked for only as the handler takes it", async () => {
    const { server, math, web } = stage();
    const { asked, messages } = countTo(1000);
    let input: AsyncIterator<number> | null = null;
    math.client.handle("take", (numbers: AsyncIterable<number>) => {
      input = numbers[Symbol.asyncIterator]();
      return new Promise(() => {});
    });
    void web.client.call("math", "take", messages);
    await server.run();
    expect(asked.last).toBe(16);
    for (let i = 0; i < 7; i++) await input!.next();
    await server.run();
    expect(asked.last).toBe(16);
    await input!.next();
    await server.run();
    expect(asked.last).toBe(24);
  });

  it("is ended, and its iterator told, when the handler is done before it", async () => {
    const { server, math, web } = stage();
    const { asked, messages } = countTo(1000);
    math.client.handle("first", async (numbers: AsyncIterable<number>) => {
      for await (const n of numbers) return n;
    });
    const call = Promise.resolve(web.client.call("math", "first", messages));
    expect(await runUntil(server, [math, web], call)).toBe(1);
    await server.run();
    expect([asked.returned, server.open]).toEqual([true, 0]);
  });

  it("that fails fails the call, and the handler's reading", async () => {
    const { server, math, web } = stage();
    const seen: unknown[] = [];
    math.client.handle("take", async (numbers: AsyncIterable<number>, { signal }) => {
      try {
        for await (const n of numbers) seen.push(n);
      } catch (error) {
        seen.push((error as { code: string }).code, signal.aborted);
      }
    });
    const call = web.client
      .call(
        "math",
        "take",
        (async function* () {
          yield 1;
          throw new Error("disk");
        })(),
      )
      .catch((error: unknown) => error);
    await server.run();
    expect(await call).toMatchObject({
      code: "client/input-failed",
      message: "the input threw: disk",
      delivered: true,
      cause: { message: "disk" },
    });
    expect(seen).toEqual([1, "stream/cancelled", true]);
  });

  it("is one message for a handler that asks for messages, where it is none", async () => {
    const { server, math, web } = stage();
    math.client.handle("all", (_, context) => readAll(context.messages()));
    const calls = [web.client.call("math", "all", 5), web.client.call("math", "all")].map((call) => watch(call));
    await server.run();
    expect(calls.map(({ value }) => value)).toEqual([[5], []]);
  });

  it("is not read while its connection is broken", async () => {
    const { server, math, web } = stage();
    math.client.handle("take", (numbers) => readAll(numbers).then((all) => all.length));
    server.hold(web, true);
    const { asked, messages } = countTo(1000);
    void web.client.call("math", "take", messages);
    await settle();
    const before = asked.last;
    web.cut();
    await settle();
    expect([before, asked.last, asked.returned]).toEqual([16, 16, true]);
  });
});

describe("a function in the input", () => {
  it("is called by the handler, with results, as long as the call goes on", async () => {
    const { server, math, web } = stage();
    let kept: Callback | null = null;
    math.client.handle("work", async ({ steps, onStep }: { steps: number; onStep: Callback<number, string> }) => {
      kept = onStep;
      const said: string[] = [];
      for (let i = 1; i <= steps; i++) said.push(await onStep(i));
      return said;
    });
    const call = Promise.resolve(web.client.call("math", "work", { steps: 3, onStep: (n: number) => `step ${n}` }));
    expect(await runUntil(server, [math, web], call)).toEqual(["step 1", "step 2", "step 3"]);
    expect(server.sent("CALL")[0]!.d).toMatchObject({
      payload: { steps: 3, onStep: { $callback: "callback-0" } },
      headers: { callbacks: "callback-0" },
    });
    await expect(kept!(4)).rejects.toMatchObject({ code: "route/no-match", delivered: false });
  });

  it("may be the input, or stand in a list, and take functions itself", async () => {
    const { server, math, web } = stage();
    math.client.handle("apply", ([f, ...args]: [Callback, ...number[]]) => f([args, (n: number) => n * 10]));
    math.client.handle("run", (f: Callback) => f());
    const applied = web.client.call("math", "apply", [([[a, b], g]: [number[], Callback]) => g(a! + b!), 1, 2]);
    const ran = web.client.call("math", "run", () => 7);
    expect(await runUntil(server, [math, web], Promise.all([applied, ran]))).toEqual([30, 7]);
  });

  it("is a map like any other where the call does not list it", async () => {
    const { server, math, web } = stage();
    math.client.handle("echo", (input) => input);
    const echoed = watch(web.client.call("math", "echo", { $callback: "callback-0" }));
    await server.run();
    expect(echoed.value).toEqual({ $callback: "callback-0" });
  });
});

function toNumbers(): TransformStream<Uint8Array, number> {
  return new TransformStream({
    transform(chunk, controller) {
      for (const byte of chunk) controller.enqueue(byte);
    },
  });
}
