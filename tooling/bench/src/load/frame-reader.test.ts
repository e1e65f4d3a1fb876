import { expect, it } from "vitest";
import { encodeTextFrame, formatTextFrame } from "./frame.ts";
import { createFrameReader } from "./frame-reader.ts";

const texts = ["", "short", "x".repeat(125), "y".repeat(126), "z".repeat(300)];

/** As a server sends it: without a mask. */
function serverFrame(text: string): Buffer {
  const { length } = text;
  const long = [0x81, 127, 0, 0, 0, 0, length >> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff];
  const head = length < 126 ? [0x81, length] : [0x81, 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(length <= 0xffff ? head : long), Buffer.from(text)]);
}

it("reads whole frames wherever the stream is cut in two", () => {
  const sent = Buffer.concat(texts.map(serverFrame));
  for (let cut = 0; cut <= sent.length; cut++) {
    const read: string[] = [];
    const reader = createFrameReader((bytes, start, end) => read.push(bytes.toString("latin1", start, end)));
    reader(sent.subarray(0, cut));
    reader(sent.subarray(cut));
    expect(read, `cut at ${cut}`).toEqual(texts);
  }
});

it("reads a frame whose length takes eight bytes", () => {
  const text = "long ".repeat(20_000);
  const sent = Buffer.concat([serverFrame(text), serverFrame("short")]);
  for (const cut of [1, 5, 9, 10, 50_000, sent.length - 1]) {
    const read: string[] = [];
    const reader = createFrameReader((bytes, start, end) => read.push(bytes.toString("latin1", start, end)));
    reader(sent.subarray(0, cut));
    reader(sent.subarray(cut));
    expect(read, `cut at ${cut}`).toEqual([text, "short"]);
  }
});

it("says what a client says as bytes and as text alike", () => {
  for (const length of [0, 125, 126, 0xffff, 0x10000]) {
    const text = "x".repeat(length);
    expect(encodeTextFrame(text)).toEqual(Buffer.from(formatTextFrame(text), "latin1"));
  }
});
