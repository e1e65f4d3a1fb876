/** WebSocket frames (RFC 6455) as a load generator needs them: made ahead of time, and counted as they come in. */

/** What stands before a client's text: its masking key is zero, so that the text stands there as it is. */
function formatHeader(length: number): string {
  if (length < 126) return `\x81${String.fromCharCode(0x80 | length)}\0\0\0\0`;
  const low = String.fromCharCode((length >> 8) & 0xff, length & 0xff);
  if (length <= 0xffff) return `\x81\xfe${low}\0\0\0\0`;
  const high = String.fromCharCode(length >> 24, (length >> 16) & 0xff);
  return `\x81\xff\0\0\0\0${high}${low}\0\0\0\0`;
}

/** A client's text frame as bytes, made ahead of time. */
export function encodeTextFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from(formatHeader(payload.length), "latin1"), payload]);
}

/** The same of a text without characters beyond latin1, to be written as that; for those made by the million, without a buffer of their own. */
export function formatTextFrame(text: string): string {
  return formatHeader(text.length) + text;
}

/** Where the reading of one connection's frames stands. */
export interface FrameMeter {
  /** Whole frames so far. */
  frames: number;
  /** Bytes so far, headers included. */
  bytes: number;
  /** Bytes of the frame under way that are still to come. */
  missing: number;
  /** The beginning of a header that came in two. */
  held: Buffer | null;
}

export function createFrameMeter(): FrameMeter {
  return { frames: 0, bytes: 0, missing: 0, held: null };
}

const textFrame = 0x81;
const closeFrame = 0x88;

/**
 * Counts the text frames that end within `received`, which is only read during this call; −1 where the peer closes.
 * @throws at any other kind of frame, since then what is measured is not what was meant
 */
export function countFrames(meter: FrameMeter, received: Buffer): number {
  meter.bytes += received.length;
  let chunk = received;
  if (meter.held !== null) {
    chunk = Buffer.concat([meter.held, received]);
    meter.held = null;
  }
  if (meter.missing > chunk.length) {
    meter.missing -= chunk.length;
    return 0;
  }
  let at = meter.missing;
  let count = at > 0 ? 1 : 0;
  meter.missing = 0;
  while (at < chunk.length) {
    if (chunk[at] === closeFrame) return -1;
    const end = frameEnd(chunk, at);
    if (end < 0) {
      meter.held = Buffer.from(chunk.subarray(at));
      break;
    }
    if (end > chunk.length) {
      meter.missing = end - chunk.length;
      break;
    }
    count++;
    at = end;
  }
  meter.frames += count;
  return count;
}

/** Where the frame that begins at `at` ends; negative where its header is not whole. */
export function frameEnd(chunk: Buffer, at: number): number {
  if (chunk[at] !== textFrame) throw new Error(`expected a text frame, got opcode byte 0x${chunk[at]!.toString(16)}`);
  if (chunk.length - at < 2) return -1;
  const length = chunk[at + 1]!;
  if (length < 126) return at + 2 + length;
  if (length === 126) return chunk.length - at < 4 ? -1 : at + 4 + chunk.readUInt16BE(at + 2);
  return chunk.length - at < 10 ? -1 : at + 10 + Number(chunk.readBigUInt64BE(at + 2));
}

/** Where the payload of the frame that begins at `at` begins. */
export function payloadStart(chunk: Buffer, at: number): number {
  const length = chunk[at + 1]!;
  return at + (length < 126 ? 2 : length === 126 ? 4 : 10);
}
