import { expect, it } from "vitest";
import { createDataWriter, encodeOpening, formatCredit, readCredit, readData, readOpening } from "./stream-frames.ts";

/** The texts of frames whose mask is zero. */
function readTexts(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const short = bytes[at + 1]! & 0x7f;
    const [head, length] =
      short < 126
        ? [6, short]
        : short === 126
          ? [8, bytes.readUInt16BE(at + 2)]
          : [14, Number(bytes.readBigUInt64BE(at + 2))];
    texts.push(bytes.toString("latin1", at + head, at + head + length));
    at += head + length;
  }
  return texts;
}

const apply = <T>(read: (bytes: Buffer, start: number, end: number) => T, text: string): T =>
  read(Buffer.from(text), 0, text.length);

it.each([230, 64 * 1024])("numbers messages of %d bytes", (payloadBytes) => {
  const writer = createDataWriter(0, payloadBytes);
  const texts = readTexts(writer.write(41, 3));
  const frames = texts.map((text) => JSON.parse(text));
  expect(texts.map(({ length }) => length)).toEqual([writer.frameBytes, writer.frameBytes, writer.frameBytes]);
  expect(frames.map(({ t, d }) => [t, d.id, d.payload.n])).toEqual([
    ["DATA", 0, "00000041"],
    ["DATA", 0, "00000042"],
    ["DATA", 0, "00000043"],
  ]);
  expect(JSON.stringify(frames[0].d.payload)).toHaveLength(payloadBytes);
  const delivered = JSON.stringify({ op: 4, d: { id: -1, payload: frames[2].d.payload }, ts: 1, t: "DATA" });
  const readNumber = (text: string) => apply((...frame) => readData(...frame, payloadBytes), text);
  expect([readNumber(texts[1]!), readNumber(delivered)]).toEqual([42, 43]);
  expect(() => readNumber(delivered.slice(0, 200))).toThrow("expected a message of a stream");
  expect(() => readNumber(delivered.replace('"op":4', '"op":3'))).toThrow("expected a message of a stream");
});

it("opens a stream that it does not end, and gives credit", () => {
  const [opening] = readTexts(encodeOpening(0));
  expect(JSON.parse(opening!).d).toMatchObject({ id: 0, method: "upload" });
  expect(JSON.parse(opening!).d).not.toHaveProperty("end");
  expect(apply(readOpening, opening!)).toBe(0);
  expect(apply(readOpening, '{"op":4,"d":{"id":-12,"method":"upload"},"t":"CALL"}')).toBe(-12);
  const [credit] = readTexts(Buffer.from(formatCredit(-12, 8), "latin1"));
  expect(JSON.parse(credit!)).toMatchObject({ op: 4, t: "CREDIT", d: { id: -12, n: 8 } });
  expect(apply(readCredit, '{"op":4,"d":{"id":0,"n":8},"ts":1,"t":"CREDIT"}')).toBe(8);
  expect(() => apply(readCredit, '{"op":4,"d":{"id":0,"code":"stream/overrun"},"t":"ABORT"}')).toThrow(
    "expected credit",
  );
});
