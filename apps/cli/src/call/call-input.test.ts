import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { callCommand } from "../commands/call.ts";
import { readPayloadArgument } from "../input/payloads.ts";
import { type InputForm, readCallInput } from "./call-input.ts";

const folder = mkdtempSync(join(tmpdir(), "sg-input-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a call would be given; a stream as a list. */
async function read(argument: string | null, form: Partial<InputForm> = {}, stdin: readonly (string | Buffer)[] = []) {
  const source = argument === null ? null : readPayloadArgument(argument);
  const plain: InputForm = { stream: false, bytes: false, text: false };
  const input = await readCallInput(source, { ...plain, ...form }, Readable.from(stdin));
  if (input.type === "one") return input.value;
  const messages: unknown[] = [];
  for await (const message of input.messages) messages.push(message);
  return messages;
}

describe("the input of a call", () => {
  it("is one value, with all its digits", async () => {
    expect(await read("12345678901234567890")).toBe(12345678901234567890n);
    expect(await read("-", {}, ["[1,\n", "2]\n"])).toEqual([1, 2]);
    expect(await read("a b", { text: true })).toBe("a b");
  });

  it("is what is piped in where none is given, and nothing where nothing is", async () => {
    expect(await read(null, {}, ["7\n"])).toBe(7);
    expect(await read(null)).toBeUndefined();
    const typed = Object.assign(new Readable({ read() {} }), { isTTY: true });
    const form = { stream: false, bytes: false, text: false };
    expect(await readCallInput(null, form, typed)).toEqual({ type: "one", value: undefined });
  });

  it("is a message per line", async () => {
    expect(await read(null, { stream: true }, ['1\n\n{"a":', "2}\n"])).toEqual([1, { a: 2 }]);
    expect(await read("-", { stream: true, text: true }, ["a\n\nb"])).toEqual(["a", "", "b"]);
  });

  it("is bytes as they are, in the chunks in which they come", async () => {
    const bytes = Buffer.from([0, 255, 10, 13]);
    expect(await read("-", { bytes: true }, [bytes, bytes])).toEqual(Buffer.concat([bytes, bytes]));
    expect(await read("-", { bytes: true, stream: true }, [bytes, bytes])).toEqual([bytes, bytes]);
    expect(await read("hi", { bytes: true, stream: true })).toEqual([Buffer.from("hi")]);
    const path = join(folder, "large");
    writeFileSync(path, Buffer.alloc(150_000, 7));
    const chunks = (await read(`@${path}`, { bytes: true, stream: true })) as readonly Buffer[];
    expect(chunks.map(({ length }) => length)).toEqual([65_536, 65_536, 18_928]);
  });

  it("that is none is refused, a line of many in its place", async () => {
    await expect(read("hello")).rejects.toThrow("the input is no JSON");
    await expect(read("-", {}, ["1\n2\n"])).rejects.toThrow("standard input is no JSON");
    await expect(read("[1e999]")).rejects.toThrow("1e999 is too large a number");
    await expect(read("-", { stream: true }, ["1\nx\n"])).rejects.toThrow("line 2 of standard input is no JSON");
    for (const form of [{}, { bytes: true }, { stream: true }, { bytes: true, stream: true }])
      await expect(read("@/nonexistent", form)).rejects.toThrow("/nonexistent cannot be read");
  });

  it("that is none is told what to do by what sg call has", async () => {
    const forms = [{}, { bytes: true }, { stream: true }, { bytes: true, stream: true }];
    const reads = [
      read("-", {}, ["x"]),
      read("-", { stream: true }, ["x"]),
      read("x", { stream: true }),
      ...forms.map((form) => read("@/nonexistent", form)),
    ];
    for (const result of await Promise.allSettled(reads)) {
      const { advice } = (result as PromiseRejectedResult).reason;
      expect(advice).toMatch(/--text/);
      for (const [option] of advice.matchAll(/(?<=--)[a-z]+/g))
        expect(Object.keys(callCommand.options)).toContain(option);
      expect(advice).not.toMatch(/sg (?!call)/);
    }
  });
});
