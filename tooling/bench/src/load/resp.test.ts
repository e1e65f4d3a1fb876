import { expect, it } from "vitest";
import { createReplyReader, formatCommand, type Reply } from "./resp.ts";

const sent = "+OK\r\n:-12\r\n$5\r\na\r\nb!\r\n$-1\r\n*2\r\n$1\r\nx\r\n*1\r\n*0\r\n*-1\r\n";
const replies: Reply[] = ["OK", -12, "a\r\nb!", null, ["x", [[]]], null];

it("reads replies wherever the stream is cut in two", () => {
  for (let cut = 0; cut <= sent.length; cut++) {
    const read: Reply[] = [];
    const reader = createReplyReader((reply) => read.push(reply));
    reader(Buffer.from(sent.slice(0, cut)));
    reader(Buffer.from(sent.slice(cut)));
    expect(read, `cut at ${cut}`).toEqual(replies);
  }
});

it("throws what Redis complains of", () => {
  const reader = createReplyReader(() => {});
  expect(() => reader(Buffer.from("-ERR unknown command\r\n"))).toThrow("ERR unknown command");
});

it("writes a command as an array of its parts", () => {
  expect(formatCommand("XLEN", "one")).toBe("*2\r\n$4\r\nXLEN\r\n$3\r\none\r\n");
});
