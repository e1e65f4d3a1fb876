import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settle, stageClient, watch } from "../create-client.kit.ts";
import { stageCalls } from "./call.kit.ts";
import type { CallOptions } from "./call.ts";

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

const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

describe("the times of a call", () => {
  it.each<[CallOptions, object]>([
    [
      { deadlineMs: 70.25, waitMs: 1.5 },
      { deadline_ms: 71, wait_ms: 2 },
    ],
    [
      { deadlineMs: 0.1, waitMs: 0 },
      { deadline_ms: 1, wait_ms: 0 },
    ],
    [
      { deadlineMs: 70, waitMs: -1 },
      { deadline_ms: 70, wait_ms: 0 },
    ],
    [{ deadlineMs: null, waitMs: null }, {}],
    [{ deadlineMs: Number.POSITIVE_INFINITY }, {}],
  ])("are sent as whole milliseconds: %j", async (options, expected) => {
    const { server, web } = stage();
    void web.client.call("math", "add", 1, options).catch(() => {});
    await server.run();
    const { deadline_ms, wait_ms } = server.sent("CALL")[0]!.d;
    expect(JSON.parse(JSON.stringify({ deadline_ms, wait_ms }))).toEqual(expected);
  });

  it("are whole for a handler, and can be passed on", async () => {
    const { server, math, web } = stage();
    const seen: unknown[] = [];
    math.client.handle("pass", (_, { deadlineMs }) => math.client.call("web", "end", null, { deadlineMs }));
    math.client.handle("left", (_, context) => {
      math.platform.step(29.75);
      return context.deadlineMs;
    });
    web.client.handle("end", (_, { deadlineMs }) => void seen.push(deadlineMs));
    const left = watch(web.client.call("math", "left", null, { deadlineMs: 100 }));
    void web.client.call("math", "pass", null, { deadlineMs: 99.5 });
    void web.client.call("math", "pass");
    await server.run();
    expect([left.value, seen]).toEqual([71, [100, null]]);
  });

  it.each([0, -5, -0.5])("leave nothing to do where %d ms are left", async (deadlineMs) => {
    const { server, web } = stage();
    const error = await failure(web.client.call("math", "add", 1, { deadlineMs }));
    expect(error).toMatchObject({ code: "stream/deadline", delivered: false });
    expect(server.sent("CALL")).toEqual([]);
  });

  it("that pass while no server is connected end it, not delivered", async () => {
    const { web } = stage();
    web.cut();
    await settle();
    const never = failure(web.client.call("math", "wait", null, { deadlineMs: 50 }));
    await settle();
    web.platform.step(50);
    expect(await never).toMatchObject({ code: "stream/deadline", delivered: false });
  });

  it("that pass while a connection is away that may be resumed end it: delivered where it was sent", async () => {
    const web = stageClient();
    web.start();
    web.admit(["stream"], {}, { session: "s1" });
    const sent = failure(web.client.call("math", "wait", null, { deadlineMs: 50 }));
    await settle();
    web.cut();
    const unsent = failure(web.client.call("math", "wait", null, { deadlineMs: 50 }));
    await settle();
    web.platform.step(300);
    expect(await Promise.all([sent, unsent])).toMatchObject([
      { code: "stream/deadline", delivered: true },
      { code: "stream/deadline", delivered: false },
    ]);
  });

  it("that pass between two attempts, the first of which may have been carried out, say so", async () => {
    const { server, math, web } = stage();
    math.client.handle("wait", () => new Promise(() => {}));
    const retry = { attempts: 9, idempotent: true };
    const call = failure(web.client.call("math", "wait", null, { deadlineMs: 5000, retry }));
    await server.run();
    server.drop(math);
    await settle();
    server.hold(web, true);
    web.cut();
    web.platform.step(6000);
    expect(await call).toMatchObject({ code: "stream/deadline", delivered: true });
  });
});

describe("a call that could not be sent", () => {
  it("may be given up before that is told", async () => {
    const web = stageClient({ outbox: { maxMessages: 1 } });
    web.start();
    void web.client.call("math", "add").catch(() => {});
    await settle();
    const call = web.client.call("math", "add");
    call.cancel();
    await expect(call).rejects.toMatchObject({ code: "client/aborted", delivered: false });
  });
});

describe("what makes no sense", () => {
  it.each<[object, string]>([
    [{ deadlineMs: Number.NaN }, "deadlineMs is a number of milliseconds, not NaN"],
    [{ deadlineMs: "5" }, 'deadlineMs is a number of milliseconds, not "5"'],
    [{ waitMs: {} }, "waitMs is a number of milliseconds, not a map"],
    [{ retry: 3 }, "retry is {attempts}, not 3"],
    [{ retry: { attempts: 0 } }, "retry.attempts is a whole number from 1 on, not 0"],
    [{ retry: null }, "retry is {attempts}, not null"],
    [{ credit: -1 }, "credit is 0 to 1000000, not -1"],
    [{ credit: 1.5 }, "credit is 0 to 1000000, not 1.5"],
    [{ codec: "" }, 'codec is the name of one, not ""'],
  ])("among the options of a call is what it rejects with: %j", async (options, message) => {
    const { server, web } = stage();
    const error = await failure(web.client.call("math", "add", 1, options as CallOptions));
    expect(error).toMatchObject({ code: "client/invalid-options", message, delivered: false });
    expect(server.sent("CALL")).toEqual([]);
  });

  it.each([
    [undefined, "add", "client/invalid-query", "expected an application id, its declaration or a query, got nothing"],
    [null, "add", "client/invalid-query", "expected an application id, its declaration or a query, got null"],
    ["", "add", "client/invalid-query", 'expected an application id, its declaration or a query, got ""'],
    ["math", "", "client/invalid-value", 'expected the name of a method, got ""'],
    ["math", undefined, "client/invalid-value", "expected the name of a method, got nothing"],
  ])("as the target %j or the method %j of a call is what it rejects with", async (target, method, code, message) => {
    const { web } = stage();
    const error = await failure(web.client.call(target as never, method as never));
    expect(error).toMatchObject({ code, message, delivered: false });
  });

  it.each([
    ["add", undefined],
    ["add", 5],
    ["", () => 1],
  ])("as the handler of a method is refused at once: %j, %o", (method, handler) => {
    const { client } = stage().math;
    const refused = expect.objectContaining({ code: "client/invalid-value" });
    expect(() => client.handle(method, handler as never)).toThrow(refused);
    expect(() => client.serve({ fine: () => 1, [method]: handler as never })).toThrow(refused);
    client.serve({ fine: () => 1 });
  });

  const registrations: [string, (client: ReturnType<typeof stage>["math"]["client"], a: string) => unknown][] = [
    ["concurrency is a whole number from 1 on, not 0", (client, a) => client.handle(a, () => 1, { concurrency: 0 })],
    [
      "concurrency is a whole number from 1 on, not 1.5",
      (client, a) => client.handle(a, () => 1, { concurrency: 1.5 }),
    ],
    [
      'concurrency is a whole number from 1 on, not "2"',
      (client, a) => client.handle(a, () => 1, { concurrency: "2" as never }),
    ],
    ["0 of use is a function, not 5", (client, a) => client.serve({ [a]: () => 1 }, { use: [5 as never] })],
    ["middleware is incoming or outgoing, and here is neither", (client) => client.use({})],
    ["outgoing of middleware is a function, not 5", (client) => client.use({ outgoing: 5 as never })],
    ["accepts of a relay is a function, not nothing", (client) => client.relay({ to: () => "math" } as never)],
    ["to of a relay is a function, not nothing", (client) => client.relay({ accepts: () => true } as never)],
  ];

  it.each(registrations)("elsewhere is refused: %s", async (message, register) => {
    const { server, math } = stage();
    const told: string[] = [];
    math.client.on("error", ({ error }) => void told.push(`${error.code} ${error.message}`));
    // Until the part is loaded that knows, a status is all that tells.
    register(math.client, "a");
    await server.run();
    expect(told).toEqual([`client/invalid-options ${message}`]);
    expect(() => register(math.client, "b")).toThrow(
      expect.objectContaining({ code: "client/invalid-options", message }),
    );
  });

  const encode = (): Uint8Array => new Uint8Array();
  const decode = (): null => null;

  it.each([
    ["a codec has a name, which is not nothing", [{ encode, decode }]],
    ['a codec has a name, which is not ""', [{ name: "", encode, decode }]],
    ["a codec has a name, which is not nothing", [null]],
    ["the codec bytes is built in", [{ name: "bytes", encode, decode }]],
    [
      "there are two codecs x",
      [
        { name: "x", encode, decode },
        { name: "x", encode, decode },
      ],
    ],
    ["decode of the codec x is a function, not nothing", [{ name: "x", encode }]],
    ["encode of the codec x is a function, not nothing", [{ name: "x", decode }]],
  ])("among the codecs fails every call: %s", async (message, codecs) => {
    const { client } = stageClient({ codecs: codecs as never });
    expect(await failure(client.call("math", "add"))).toMatchObject({ code: "client/invalid-options", message });
  });
});
