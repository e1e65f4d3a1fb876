import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineApplication } from "../contract/application.ts";
import { settle, watch } from "../create-client.kit.ts";
import { SingyeongError } from "../errors.ts";
import { query } from "../query/builder.ts";
import { path } from "../query/path.ts";
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

describe("a call", () => {
  it("is one frame each way, and resolves with what the handler returns", async () => {
    const { server, math, web } = stage();
    math.client.handle("add", ([a, b]: [number, number]) => a + b);
    const sum = watch(web.client.call("math", "add", [1, 2]));
    await server.run();
    expect(sum.value).toBe(3);
    expect([server.sent("CALL").length, server.sent("DATA").map(({ d }) => d)]).toEqual([
      1,
      [{ id: -1, payload: 3, end: true }],
    ]);
    expect(server.open).toBe(0);
  });

  it("gives its handler a context that can be taken apart", async () => {
    const { server, math, web } = stage();
    math.client.handle("sum", async (_, { messages, setHeaders, setTrailers, signal, from }) => {
      setHeaders({ by: from.app });
      let sum = 0;
      for await (const each of messages()) sum += each as number;
      setTrailers({ lost: String(signal.aborted) });
      return sum;
    });
    const call = web.client.call("math", "sum", 5);
    const [sum, headers, trailers] = [watch(call), watch(call.headers), watch(call.trailers)];
    await server.run();
    expect([sum.value, headers.value, trailers.value]).toEqual([5, { by: "web" }, { lost: "false" }]);
  });

  it("says whom it is for, however that was written", async () => {
    const { server, web } = stage();
    const near = query("math").where(path("/latency").lte(100)).key('"a"');
    const plain = { application: 'quote"d', ops: [] };
    const targets = ["math", 'quote"d', plain, near, near, query(defineApplication("math"))];
    for (const target of targets) void web.client.call(target, "add", { text: "}}" }).catch(() => {});
    await server.run();
    const sent = server.sent("CALL").map(({ d }) => d);
    expect(sent.map(({ target }) => target)).toEqual([
      { application: "math", ops: [] },
      { application: 'quote"d', ops: [] },
      plain,
      near.build(),
      near.build(),
      { application: "math", ops: [] },
    ]);
    expect(sent.map(({ id, payload }) => [id, payload])).toEqual(targets.map((_, id) => [id, { text: "}}" }]));
  });

  it.each([
    ["nothing", undefined, undefined],
    ["null", null, null],
    ["a promise", Promise.resolve(5), 5],
    ["a list", [1, "a"], [1, "a"]],
  ])("takes %s as its result", async (_, returned, expected) => {
    const { server, math, web } = stage();
    math.client.handle("get", () => returned);
    const result = watch(web.client.call("math", "get"));
    await server.run();
    expect(result.value).toEqual(expected);
  });

  it("tells the handler who calls, how, and what is left of the deadline", async () => {
    const { server, math, web } = stage();
    const seen: unknown[] = [];
    math.client.handle("look", (input, { method, from, headers, codec, ...context }) => {
      math.platform.step(30);
      seen.push(input, method, from, headers, codec, context);
    });
    const contexts: unknown[] = [];
    math.client.handle("left", (_, context) => {
      contexts.push(context.deadlineMs);
      math.platform.step(30);
      contexts.push(context.deadlineMs, context.signal.aborted);
    });
    void web.client.call("math", "look", { a: 1 }, { headers: { trace: "7" } });
    void web.client.call("math", "left", null, { deadlineMs: 100 });
    await server.run();
    expect(contexts).toEqual([100, 70, false]);
    expect(server.sent("CALL")[0]!.d).toMatchObject({ target: { application: "math" }, headers: { trace: "7" } });
  });

  it("fails with what the handler throws: its code, its message, its data", async () => {
    const { server, math, web } = stage();
    math.client.handle("fail", () => {
      throw new SingyeongError("math/overflow", "too large", { data: { max: 9 } });
    });
    const error = web.client.call("math", "fail").catch((error: unknown) => error);
    await server.run();
    expect(await error).toMatchObject({
      code: "math/overflow",
      message: "too large",
      delivered: true,
      data: { max: 9 },
    });
  });

  it("fails with stream/failed where that has no code, which is reported to whoever runs the handler", async () => {
    const { server, math, web } = stage();
    const reports: string[] = [];
    math.client.on("error", ({ error }) => void reports.push(error.code));
    math.client.handle("fail", async () => {
      throw new TypeError("oops");
    });
    const error = web.client.call("math", "fail").catch((error: unknown) => error);
    await server.run();
    expect(await error).toMatchObject({ code: "stream/failed", message: "oops", delivered: true });
    expect(reports).toEqual(["client/handler-threw"]);
  });

  it("is refused, not delivered, where the handler says so by an error of its own, but not by that of a call it made", async () => {
    const { server, math, web } = stage();
    math.client.handle("busy", () => {
      throw new SingyeongError("stream/rejected", "busy", { delivered: false });
    });
    math.client.handle("nested", () => math.client.call("nobody", "x"));
    const errors = ["busy", "nested"].map((method) => web.client.call("math", method).catch((error: unknown) => error));
    await server.run();
    expect(await Promise.all(errors)).toMatchObject([
      { code: "stream/rejected", delivered: false },
      { code: "route/no-match", delivered: true },
    ]);
  });

  it("of a method that nobody handles is rejected, not delivered", async () => {
    const { server, math, web } = stage();
    math.client.handle("add", () => {});
    await server.run();
    const error = web.client.call("math", "sub").catch((error: unknown) => error);
    await server.run();
    expect(await error).toMatchObject({ code: "stream/rejected", delivered: false, data: { method: "sub" } });
  });

  it("that comes before any handler waits for the first, a second at most", async () => {
    const { server, math, web } = stage();
    const early = watch(web.client.call("math", "add", 1));
    await server.run();
    expect(early.value).toBe("pending");
    math.client.handle("sub", () => {});
    math.client.handle("add", (n) => n + 1);
    await server.run();
    expect(early.value).toBe(2);

    const other = server.join({ app: "other" });
    const late = watch(web.client.call("other", "add"));
    await server.run();
    other.platform.step(1000);
    await server.run();
    expect(late.value).toBe("stream/rejected");
  });

  it("beyond those that may be at work is rejected", async () => {
    const server = stageCalls();
    const math = server.join({ app: "math", calls: { maxCalls: 2 } });
    const web = server.join({ app: "web" });
    const ends: (() => void)[] = [];
    math.client.handle("wait", () => new Promise<void>((resolve) => ends.push(resolve)));
    const calls = [1, 2, 3].map(() => watch(web.client.call("math", "wait")));
    await server.run();
    expect(calls.map(({ value }) => value)).toEqual(["pending", "pending", "stream/rejected"]);
    ends[0]!();
    await server.run();
    const again = watch(web.client.call("math", "wait"));
    await server.run();
    expect(again.value).toBe("pending");
  });

  it("waits for its turn where a handler takes so many at a time", async () => {
    const { server, math, web } = stage();
    const ends: (() => void)[] = [];
    math.client.handle("wait", () => new Promise<void>((resolve) => ends.push(resolve)), { concurrency: 1 });
    const [first, second] = [1, 2].map(() => watch(web.client.call("math", "wait")));
    await server.run();
    expect(ends.length).toBe(1);
    ends[0]!();
    await server.run();
    expect([first!.value, ends.length]).toEqual([undefined, 2]);
    ends[1]!();
    await server.run();
    expect(second!.value).toBeUndefined();
  });

  it("has one handler by method", async () => {
    const { server, math, web } = stage();
    const stop = math.client.handle("add", () => 1);
    expect(() => math.client.serve({ add: () => 2 })).toThrow(
      expect.objectContaining({ code: "client/invalid-value" }),
    );
    await stop();
    await using _ = math.client.serve({ add: () => 2 });
    const result = watch(web.client.call("math", "add"));
    await server.run();
    expect(result.value).toBe(2);
  });

  it("that cannot be sent fails at once", async () => {
    const { server, web } = stage();
    const calls = [new Map(), { deep: { fn() {} } }, 2 ** 60].map((input) => web.client.call("math", "add", input));
    for (const call of calls)
      await expect(call).rejects.toMatchObject({ code: "client/invalid-value", delivered: false });
    expect(server.sent("CALL")).toEqual([]);
  });

  it("has headers and trailers", async () => {
    const { server, math, web } = stage();
    math.client.handle("get", (_, context) => {
      context.setHeaders({ a: "1" });
      context.setTrailers({ b: "2" });
      return 5;
    });
    const call = web.client.call("math", "get");
    const [headers, trailers] = [call.headers, call.trailers];
    await server.run();
    expect([await call, await headers, await trailers, await call.headers]).toEqual([
      5,
      { a: "1" },
      { b: "2" },
      { a: "1" },
    ]);
  });
});

describe("a call that is given up", () => {
  it("by its signal aborts the handler's, and fails", async () => {
    const { server, math, web } = stage();
    const signals: AbortSignal[] = [];
    math.client.handle("wait", (_, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    const controller = new AbortController();
    const call = watch(web.client.call("math", "wait", null, { signal: controller.signal }));
    await server.run();
    controller.abort();
    await server.run();
    expect([call.value, signals[0]!.reason.code, server.open]).toEqual(["client/aborted", "stream/cancelled", 0]);
  });

  it("before it was sent never is", async () => {
    const server = stageCalls();
    const web = server.join({ app: "web" });
    web.cut();
    const call = web.client.call("math", "wait");
    await settle();
    call.cancel();
    await expect(call).rejects.toMatchObject({ code: "client/aborted", delivered: false });
    web.comeBack();
    await server.run();
    expect(server.sent("CALL")).toEqual([]);
  });

  it("at its deadline, where the server has not", async () => {
    const { server, math, web } = stage();
    math.client.handle("wait", () => new Promise(() => {}));
    const call = watch(web.client.call("math", "wait", null, { deadlineMs: 1000 }));
    await server.run();
    web.platform.step(1249);
    await settle();
    expect(call.value).toBe("pending");
    web.platform.step(1);
    await server.run();
    expect([call.value, server.open]).toEqual(["stream/deadline", 0]);
  });
});
