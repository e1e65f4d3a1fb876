import { Type } from "typebox";
import { describe, expect, it } from "vitest";
import { defineApplication } from "../contract/application.ts";
import type { StandardSchema } from "../contract/standard-schema.ts";
import { settle, stageClient, watch } from "../create-client.kit.ts";
import { stageCalls } from "./call.kit.ts";

async function readAll(messages: AsyncIterable<unknown>): Promise<unknown[]> {
  const read: unknown[] = [];
  for await (const message of messages) read.push(message);
  return read;
}

const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

async function refuse(abort: object): Promise<unknown> {
  const { client, start, admit, dispatch } = stageClient();
  start();
  admit(["stream"]);
  const error = failure(client.call("math", "add"));
  await settle();
  dispatch("ABORT", { id: 0, ...abort });
  return error;
}

describe("a call that the server refuses", () => {
  it.each([
    ["dispatch/invalid", { at: "/d/deadline_ms", message: "too large" }, "no: /d/deadline_ms: too large"],
    [
      "query/invalid",
      { at: "/d/target/ops/0", rule: "query/unknown-op", message: "no $like" },
      "no: /d/target/ops/0: query/unknown-op: no $like",
    ],
    ["auth/forbidden", { at: "/d/target", message: "not yours" }, "no: /d/target: not yours"],
  ])("says why: %s", async (code, data, message) => {
    const error = await refuse({ code, message: "no", delivered: false, data });
    expect(error).toMatchObject({ code, message, details: data, data, delivered: false });
  });

  it("leaves what handlers say as it is", async () => {
    const error = await refuse({ code: "math/overflow", message: "no", delivered: true, data: { at: "here" } });
    expect(error).toMatchObject({ message: "no", details: undefined, data: { at: "here" } });
  });
});

describe("a payload that is no bytes", () => {
  const stage = () => {
    const server = stageCalls();
    const no = { name: "no", encode: () => "text" as never, decode: () => null };
    return { server, math: server.join({ app: "math", codecs: [no] }), web: server.join({ app: "web", codecs: [no] }) };
  };

  it("says which side had to give some", async () => {
    const { server, math, web } = stage();
    math.client.serve({ size: (input: Uint8Array) => input.length, same: (input) => input });
    const input = failure(web.client.call("math", "same", { a: 1 }, { codec: "bytes" }));
    const answer = failure(web.client.call("math", "size", new Uint8Array(3), { codec: "bytes" }));
    const own = failure(web.client.call("math", "same", 1, { codec: "no" }));
    const fine = watch(web.client.call("math", "same", new Uint8Array([1]), { codec: "bytes" }));
    await server.run();
    expect(fine.value).toEqual(new Uint8Array([1]));
    const code = "client/invalid-value";
    const encoded = 'what encode gives for the input of a call with the codec no is a Uint8Array, got "text"';
    expect(await Promise.all([input, answer, own])).toMatchObject([
      { code, message: "the input of a call with the codec bytes is a Uint8Array, got a map", delivered: false },
      { code, message: "the answer of a call with the codec bytes is a Uint8Array, got 3" },
      { code, message: encoded },
    ]);
  });
});

describe("an input that throws", () => {
  it.each(["at first", "later"])("fails the call as what it is: %s", async (when) => {
    const server = stageCalls();
    server.join({ app: "math" }).client.handle("sum", async (numbers: AsyncIterable<number>) => {
      for await (const _ of numbers);
    });
    const web = server.join({ app: "web" });
    const cause = new RangeError("disk");
    async function* input() {
      if (when === "later") yield 1;
      throw cause;
    }
    const error = failure(web.client.call("math", "sum", input()));
    await server.run();
    expect(await error).toMatchObject({ code: "client/input-failed", message: "the input threw: disk", cause });
  });
});

describe("what does not fit its schema", () => {
  const number = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: () => ({ issues: [{ message: "expected a number", path: ["a", 0] }] }),
    },
  } as unknown as StandardSchema<number>;

  it.each([
    ["input", { input: number, output: Type.Any() }],
    ["output", { input: Type.Any(), output: number }],
  ])("says where: the %s", async (side, add) => {
    const app = defineApplication("math", { methods: { add } });
    const server = stageCalls();
    const math = server.join({ app: app as never });
    const web = server.join({ app: "web" });
    math.client.handle("add", () => 1);
    const error = failure(web.client.call(app as never, "add", { a: [""] }));
    await server.run();
    const message = `no ${side} of add: /a/0: expected a number`;
    expect(await error).toMatchObject({ code: "client/schema-mismatch", message });
  });
});

describe("a handler that throws", () => {
  it("is reported by its method", async () => {
    const server = stageCalls();
    const math = server.join({ app: "math" });
    const web = server.join({ app: "web" });
    const told: string[] = [];
    math.client.on("error", ({ error }) => void told.push(error.message));
    math.client.handle("add", () => {
      throw new TypeError("oops");
    });
    void web.client.call("math", "add");
    await server.run();
    expect(told).toEqual(["the handler of add threw: oops"]);
  });
});

describe("a generator that is not asynchronous", () => {
  function* count(to: number): Generator<number, string> {
    for (let n = 1; n <= to; n++) yield n;
    return "end";
  }

  it("is a stream, as an input and as what a handler returns", async () => {
    const server = stageCalls();
    const math = server.join({ app: "math" });
    const web = server.join({ app: "web" });
    const seen: unknown[] = [];
    math.client.serve({
      count,
      async sum(numbers: AsyncIterable<unknown>) {
        for await (const n of numbers) seen.push(n);
      },
      list: () => [1, 2],
    });
    const messages = watch(readAll(web.client.call("math", "count", 600)));
    const list = watch(web.client.call("math", "list"));
    void web.client.call("math", "sum", count(40));
    await server.run();
    const upTo = (to: number) => [...Array.from({ length: to }, (_, i) => i + 1), "end"];
    expect([messages.value, list.value, seen]).toEqual([upTo(600), [1, 2], upTo(40)]);
  });

  it("is told where nobody reads on, and may throw", async () => {
    const server = stageCalls();
    const math = server.join({ app: "math" });
    const web = server.join({ app: "web" });
    let isLeft = false;
    math.client.serve({
      *endless() {
        try {
          for (;;) yield 1;
        } finally {
          isLeft = true;
        }
      },
      *broken() {
        yield 1;
        throw new RangeError("no more");
      },
    });
    const reading = (async () => {
      for await (const _ of web.client.call("math", "endless")) break;
    })();
    const broken = failure(web.client.call("math", "broken"));
    await server.run();
    await reading;
    await server.run();
    expect([isLeft, server.open]).toEqual([true, 0]);
    expect(await broken).toMatchObject({ code: "stream/failed", message: "no more" });
  });
});
