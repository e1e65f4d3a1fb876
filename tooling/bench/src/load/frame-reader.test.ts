import { expect, it } from "vitest";
import { createFrameReader } from "./frame-reader.ts";

const texts = ["", "short", "x".repeat(125), "y".repeat(126), "z".repeat(300)];

/** As a server sends it: without a mask. */
function serverFrame(text: string): Buffer {
  const { length } = text;
  const head = length < 126 ? [0x81, length] : [0x81, 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), Buffer.from(text)]);
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
