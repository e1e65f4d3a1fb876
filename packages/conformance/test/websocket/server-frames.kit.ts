import { isUtf8 } from "node:buffer";
import { Opcode } from "./wire-frame.kit.ts";

/** A frame as the server sent it. */
export interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

export interface FrameReader {
  /** Whatever frames are whole with `chunk`. Throws where a frame is none that a server may send. */
  read(chunk: Buffer): ServerFrame[];
}

const known: ReadonlySet<number> = new Set(Object.values(Opcode));

/**
 * Reads what a server sends and holds each frame to RFC 6455: no mask (§5.1), no reserved bit and no reserved opcode (§5.2), a
 * length in the fewest bytes (§5.2), short and whole control frames (§5.5), text in UTF-8 (§5.6), a close frame with a
 * body of no or at least two bytes, a code that may be sent (§7.4) and a reason in UTF-8 (§5.5.1), and nothing behind it. The server
 * does not fragment, so every data frame must be a whole message.
 */
export function createFrameReader(): FrameReader {
  let pending: Buffer = Buffer.alloc(0);
  let hasClosed = false;

  function take(): ServerFrame | null {
    const head = readHead(pending);
    if (head === null || pending.length < head.bytes + head.length) return null;
    const frame = { opcode: head.opcode, payload: pending.subarray(head.bytes, head.bytes + head.length) };
    pending = pending.subarray(head.bytes + head.length);
    check(!hasClosed, "a frame follows the close frame");
    checkPayload(frame);
    hasClosed = frame.opcode === Opcode.close;
    return frame;
  }

  return {
    read(chunk) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      const frames: ServerFrame[] = [];
      for (let frame = take(); frame !== null; frame = take()) frames.push(frame);
      return frames;
    },
  };
}

interface Head {
  readonly opcode: number;
  /** Bytes of the head itself. */
  readonly bytes: number;
  /** Bytes of the payload. */
  readonly length: number;
}

function readHead(data: Buffer): Head | null {
  if (data.length < 2) return null;
  const opcode = data[0]! & 0x0f;
  check((data[0]! & 0x70) === 0, "a reserved bit is set");
  check(known.has(opcode), `the opcode ${opcode} is reserved`);
  check((data[0]! & 0x80) !== 0 && opcode !== Opcode.continuation, "the server fragments");
  check((data[1]! & 0x80) === 0, "the server masks");
  const short = data[1]! & 0x7f;
  if (short < 126) return { opcode, bytes: 2, length: short };
  check(opcode < 8, "a control frame is too long");
  const bytes = short === 126 ? 4 : 10;
  if (data.length < bytes) return null;
  const length = short === 126 ? data.readUInt16BE(2) : Number(data.readBigUInt64BE(2));
  check(length >= (short === 126 ? 126 : 65_536), `a length of ${length} takes more bytes than it needs`);
  return { opcode, bytes, length };
}

function checkPayload({ opcode, payload }: ServerFrame): void {
  if (opcode === Opcode.text) check(isUtf8(payload), "a text frame is no UTF-8");
  if (opcode !== Opcode.close || payload.length === 0) return;
  check(payload.length >= 2, "a close frame has a body of one byte");
  const code = payload.readUInt16BE(0);
  const isSendable =
    (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
  check(isSendable, `a close frame says ${code}`);
  check(isUtf8(payload.subarray(2)), "the reason of a close frame is no UTF-8");
}

function check(holds: boolean, complaint: string): void {
  if (!holds) throw new Error(`the server breaks RFC 6455: ${complaint}`);
}
