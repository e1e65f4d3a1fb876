/** What the ends of a long stream say: the caller sends messages, the callee gives credit. */
import { opening, readId, targets } from "./call-frames.ts";
import { encodeTextFrame, formatTextFrame } from "./frame.ts";
import { createPayload, numberAt, numberDigits, payloadHead, writeDigits } from "./payload.ts";

/** Opens a stream and sends nothing yet. */
export function encodeOpening(id: number): Buffer {
  return encodeTextFrame(`${opening}CALL","d":{"id":${id},"target":${targets[0]},"method":"upload"}}`);
}

/** Gives credit, as a frame to be written as latin1. */
export function formatCredit(id: number, n: number): string {
  return formatTextFrame(`${opening}CREDIT","d":{"id":${id},"n":${n}}}`);
}

/** Makes messages of a stream numbered from `from` on, `count` of them in one buffer. */
export interface DataWriter {
  write(from: number, count: number): Buffer;
  /** Length of one frame's text, which is what counts as under way. */
  readonly frameBytes: number;
}

export function createDataWriter(id: number, payloadBytes: number): DataWriter {
  const payload = createPayload(payloadBytes);
  const text = `${opening}DATA","d":{"id":${id},"payload":${payload}}}`;
  const frame = encodeTextFrame(text);
  const at = frame.indexOf(payload) + numberAt;
  return {
    frameBytes: text.length,
    write(from, count) {
      const frames = Buffer.allocUnsafeSlow(frame.length * count);
      for (let i = 0; i < count; i++) {
        frame.copy(frames, i * frame.length);
        writeDigits(frames, i * frame.length + at, numberDigits, from + i);
      }
      return frames;
    },
  };
}

/** A frame longer than this has its payload beyond. */
const headBytes = 240;

/** Reads the number of a message. @throws where the frame is something else, or shorter than its payload */
export function readData(bytes: Buffer, start: number, end: number, payloadBytes: number): number {
  const head = bytes.toString("latin1", start, Math.min(end, start + headBytes));
  const at = head.indexOf(payloadHead) + numberAt;
  if (!head.startsWith('{"op":4') || at < numberAt || end - start < payloadBytes)
    throw new Error(`expected a message of a stream, got ${head}`);
  return Number(head.slice(at, at + numberDigits));
}

const creditMark = '"n":';

/** Reads how much credit is given. @throws where the frame is something else */
export function readCredit(bytes: Buffer, start: number, end: number): number {
  const text = bytes.toString("latin1", start, end);
  const at = text.indexOf(creditMark);
  if (!text.startsWith('{"op":4') || !text.includes('"CREDIT"') || at < 0)
    throw new Error(`expected credit, got ${text}`);
  return Number.parseInt(text.slice(at + creditMark.length), 10);
}

/** Reads the id of a stream that is opened. @throws where the frame is something else */
export function readOpening(bytes: Buffer, start: number, end: number): number {
  const text = bytes.toString("latin1", start, end);
  if (!text.includes('"CALL"')) throw new Error(`expected a call, got ${text}`);
  return readId(text);
}
