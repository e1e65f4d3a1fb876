/** MessagePack is loaded with its first use; here it has been already. */
import "./msgpack-payloads.ts";
import { describe, expect, it } from "vitest";
import { defineApplication } from "../contract/application.ts";
import type { StandardSchema } from "../contract/standard-schema.ts";
import { watch } from "../create-client.kit.ts";
import { stageCalls } from "./call.kit.ts";
import { frameSize } from "./frame-size.ts";

/** Takes numbers up to 9, and text of them, which it turns into numbers. */
const digit: StandardSchema<number | string, number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => (Number(value) <= 9 ? { value: Number(value) } : { issues: [{ message: "no digit" }] }),
  },
};

const math = defineApplication("math", {
  methods: { add: { input: digit, output: digit }, sum: { inputs: digit, output: digit }, free: {} },
});

const rot13 = {
  name: "rot13",
  encode: (value: unknown) => Buffer.from((value as string).replace(/[a-z]/g, turn)),
  decode: (bytes: Uint8Array) => Buffer.from(bytes).toString().replace(/[a-z]/g, turn),
};
function turn(letter: string): string {
  return String.fromCharCode(((letter.charCodeAt(0) - 97 + 13) % 26) + 97);
}

describe("a payload codec", () => {
  it("is used both ways, and travels as bytes", async () => {
    const server = stageCalls();
    const echo = server.join({ app: "echo", codecs: [rot13] });
    const web = server.join({ app: "web", codecs: [rot13] });
    echo.client.handle("echo", async function* (text, { codec }) {
      yield text;
      yield codec;
    });
    const call = web.client.call("echo", "echo", "hello", { codec: "rot13" });
    const messages = call[Symbol.asyncIterator]();
    await server.run();
    expect([await messages.next(), await messages.next()].map(({ value }) => value)).toEqual(["hello", "rot13"]);
    expect(server.sent("CALL")[0]!.d).toMatchObject({ codec: "rot13", payload: { $base64: btoa("uryyb") } });
  });

  it("that one side lacks, or cannot write or read with, fails the call", async () => {
    const server = stageCalls();
    const echo = server.join({ app: "echo" });
    const web = server.join({ app: "web", codecs: [rot13] });
    echo.client.handle("echo", (text) => text);
    const calls = [
      web.client.call("echo", "echo", "hello", { codec: "rot13" }),
      web.client.call("echo", "echo", "hello", { codec: "other" }),
      web.client.call("echo", "echo", "hello", { codec: "bytes" }),
    ].map((call) => call.catch(({ code, delivered, data }) => [code, delivered, data]));
    await server.run();
    expect(await Promise.all(calls)).toEqual([
      ["stream/rejected", false, { codec: "rot13" }],
      ["client/unsupported", false, undefined],
      ["client/invalid-value", false, undefined],
    ]);
  });

  it.each([1, "text", { $base64: "no base64!" }, { $base64: "wQ==" }])("does not read %j", async (payload) => {
    const server = stageCalls();
    const echo = server.join({ app: "echo" });
    echo.client.handle("echo", () => 1);
    const call = { id: -1, method: "echo", from: {}, end: true, credit: 16, codec: "msgpack", payload };
    echo.dispatch("CALL", call);
    await server.run();
    for (let i = 0; i < 20 && echo.socket.of("ABORT").length === 0; i++) await server.run();
    expect(echo.socket.of("ABORT")[0]!.d).toMatchObject({ id: -1, code: "client/invalid-value", delivered: false });
  });
});

describe("a declared method", () => {
  it("has its input and its results checked and read by their schemas, on both sides", async () => {
    const server = stageCalls();
    const callee = server.join({ app: math as never });
    const web = server.join({ app: "web" });
    callee.client.handle("add", (n) => n + 1);
    callee.client.handle("free", (n) => n);
    const calls = [
      web.client.call(math, "add", "3"),
      web.client.call(math, "add", 10),
      web.client.call("math", "add", 10),
      web.client.call(math, "add", 9),
      web.client.call(math, "free", "x"),
    ].map((call) => watch(call.catch(({ code, delivered }) => [code, delivered])));
    await server.run();
    expect(calls.map(({ value }) => value)).toEqual([
      4,
      ["client/schema-mismatch", false],
      ["client/schema-mismatch", false],
      ["client/schema-mismatch", true],
      "x",
    ]);
  });

  it("takes a stream where it was declared to, and one value where not", async () => {
    const server = stageCalls();
    const callee = server.join({ app: math as never });
    const web = server.join({ app: "web" });
    callee.client.handle("sum", async (digits) => {
      let sum = 0;
      for await (const n of digits) sum += n;
      return sum;
    });
    callee.client.handle("add", (n) => n + 1);
    async function* digits(...all: (number | string)[]) {
      yield* all;
    }
    const calls = [
      web.client.call(math, "sum", digits(1, "2")),
      web.client.call("math", "sum", 5),
      web.client.call(math, "sum", digits(1, 10)),
      web.client.call("math", "add", digits(1)),
    ].map((call) => watch(call.catch(({ code, delivered }) => [code, delivered])));
    for (let i = 0; i < 5; i++) {
      await server.run();
      for (const { platform } of [web, callee]) platform.step(5);
    }
    expect(calls.map(({ value }) => value)).toEqual([
      3,
      5,
      ["client/schema-mismatch", true],
      ["stream/rejected", false],
    ]);
  });
});

describe("the size of a frame", () => {
  it.each(["", "abc", "é", "안녕", "🌸", "x".repeat(300), "é안🌸".repeat(20_000)])("is that of its UTF-8", (text) => {
    expect(frameSize(text)).toBe(Buffer.byteLength(text));
  });
});
