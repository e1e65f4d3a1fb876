import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { type PayloadForm, readPayloadArgument, readPayloads } from "./payloads.ts";

const folder = mkdtempSync(join(tmpdir(), "sg-payloads-"));
afterAll(() => rmSync(folder, { recursive: true }));

const plain: PayloadForm = { text: false, whole: false };

async function read(argument: string, form: Partial<PayloadForm> = {}, stdin = "") {
  const found: unknown[] = [];
  for await (const payload of readPayloads(
    readPayloadArgument(argument),
    { ...plain, ...form },
    Readable.from([stdin]),
  ))
    found.push("failure" in payload ? payload.failure.message : payload.value);
  return found;
}

function file(content: string): string {
  const path = join(folder, `${Math.random()}`);
  writeFileSync(path, content);
  return `@${path}`;
}

describe("payloads", () => {
  it("come from the argument, as JSON with all digits", async () => {
    expect(await read('{"id":12345678901234567890}')).toEqual([{ id: 12345678901234567890n }]);
  });

  it("come from standard input, a message a line, without the empty ones", async () => {
    expect(await read("-", {}, '1\n\n"two"\r\n[3]')).toEqual([1, "two", [3]]);
  });

  it("come from a file, as one document or a message a line", async () => {
    expect(await read(file('{\n  "a": 1\n}\n'))).toEqual([{ a: 1 }]);
    expect(await read(file('{"a":1}\n{"a":2}\n'))).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it("are text where that is asked for, empty lines included", async () => {
    expect(await read("hello", { text: true })).toEqual(["hello"]);
    expect(await read("-", { text: true }, "a\n\nb\n")).toEqual(["a", "", "b"]);
    expect(await read("-", { text: true, whole: true }, "a\n\nb\n")).toEqual(["a\n\nb\n"]);
    expect(await read(file("a\nb"), { text: true })).toEqual(["a", "b"]);
  });

  it("are one document of many lines where that is asked for", async () => {
    expect(await read("-", { whole: true }, '{\n"a": 1\n}')).toEqual([{ a: 1 }]);
  });

  it("that are none are told in their place, and the others still come", async () => {
    expect(await read("-", {}, "1\nx\n3")).toEqual([
      1,
      expect.stringMatching(/^line 2 of standard input is no JSON: /),
      3,
    ]);
    expect(await read("hello")).toEqual([expect.stringMatching(/^the payload is no JSON: /)]);
    expect(await read("[1e999]")).toEqual(["1e999 is too large a number; send it as a string"]);
  });

  it("that are in no file are refused", async () => {
    for (const form of [{}, { text: true }, { whole: true }]) {
      await expect(read("@/nonexistent", form)).rejects.toThrow("/nonexistent cannot be read");
      await expect(read(`@${folder}`, form)).rejects.toThrow(`${folder} cannot be read`);
    }
  });
});
