import { describe, expect, it } from "vitest";
import { createOutput } from "../output/output.ts";
import { createAnswerPrinter } from "./answer-printer.ts";

/** What is printed of messages, as latin-1: a character per byte. */
function print(messages: readonly unknown[], form: object, { json = false, isTTY = false } = {}): string {
  let written = "";
  const sink = {
    isTTY,
    columns: 80,
    write(data: string | Uint8Array) {
      written += typeof data === "string" ? data : Buffer.from(data).toString("latin1");
      return true;
    },
    once() {},
  };
  const out = createOutput({ stdout: sink, stderr: sink, env: {} }, json);
  const printer = createAnswerPrinter(out, { stream: false, bytes: false, text: false, ...form });
  for (const message of messages) printer.print(message);
  printer.end();
  return written;
}

describe("the answer to a call", () => {
  it("is printed as other values are", () => {
    expect(print(["hello", { a: 1n << 60n }], {})).toBe('hello\n{"a":1152921504606846976}\n');
  });

  it("is JSON that can go in again where the input is a stream", () => {
    expect(print(["hello", 1], { stream: true })).toBe('"hello"\n1\n');
  });

  it("is an object per message for programs", () => {
    expect(print(["hello", Buffer.from("hi")], { bytes: true }, { json: true })).toBe(
      '{"payload":"hello"}\n{"payload":{"$base64":"aGk="}}\n',
    );
  });

  it("is bytes as they are, but for a terminal", () => {
    const [first, second] = [Buffer.from("a\u001b[2J \u00e9\n").subarray(0, 7), Buffer.from("\u00e9").subarray(1)];
    expect(print([first, second], { bytes: true })).toBe("a\u001b[2J \u00c3\u00a9");
    expect(print([first, second], { bytes: true }, { isTTY: true })).toBe("a\\u001b[2J \u00e9\n");
    expect(print([Buffer.from("a\n")], { bytes: true }, { isTTY: true })).toBe("a\n");
  });
});
