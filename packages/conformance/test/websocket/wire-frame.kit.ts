import { randomBytes } from "node:crypto";

/** The opcodes that RFC 6455 §5.2 defines. */
export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** How a frame is written where it is not as it should be. */
export interface FrameShape {
  /** @default true */
  readonly fin?: boolean;
  /** The three reserved bits as a number: 4 is RSV1, 2 is RSV2, 1 is RSV3. @default 0 */
  readonly rsv?: number;
  /** `null` sends the payload unmasked. @default four random bytes */
  readonly mask?: Buffer | null;
  /** The bits of the length field. @default the fewest that hold it */
  readonly lengthBits?: 7 | 16 | 64;
  /** The length that is announced. @default that of the payload */
  readonly announced?: bigint;
}

/** A client's frame, masked (§5.3). */
export function encodeFrame(opcode: number, payload: string | Uint8Array, shape: FrameShape = {}): Buffer {
  const { fin = true, rsv = 0, mask = randomBytes(4) } = shape;
  const body = Buffer.from(payload);
  const length = shape.announced ?? BigInt(body.length);
  const bits = shape.lengthBits ?? (length < 126 ? 7 : length < 65_536 ? 16 : 64);
  const first = Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode]);
  const maskBit = mask === null ? 0 : 0x80;
  const head = Buffer.concat([first, lengthField(length, bits, maskBit)]);
  return mask === null ? Buffer.concat([head, body]) : Buffer.concat([head, mask, masked(body, mask)]);
}

function lengthField(length: bigint, bits: 7 | 16 | 64, maskBit: number): Buffer {
  if (bits === 7) return Buffer.from([maskBit | Number(length)]);
  const field = Buffer.alloc(1 + bits / 8);
  field[0] = maskBit | (bits === 16 ? 126 : 127);
  if (bits === 16) field.writeUInt16BE(Number(length), 1);
  else field.writeBigUInt64BE(length, 1);
  return field;
}

function masked(body: Buffer, mask: Buffer): Buffer {
  const out = Buffer.from(body);
  for (let i = 0; i < out.length; i++) out[i]! ^= mask[i & 3]!;
  return out;
}

/** A close frame: nothing, a code, or a code and its reason in bytes. */
export function encodeClose(code?: number, reason: string | Uint8Array = "", shape: FrameShape = {}): Buffer {
  return encodeFrame(Opcode.close, closeBody(code, reason), shape);
}

function closeBody(code?: number, reason: string | Uint8Array = ""): Buffer {
  if (code === undefined) return Buffer.alloc(0);
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason)]);
}

/** A message cut into fragments: the first with its opcode, the others as continuations, the last with FIN. */
export function encodeFragments(opcode: number, parts: readonly (string | Uint8Array)[]): Buffer[] {
  return parts.map((part, i) =>
    encodeFrame(i === 0 ? opcode : Opcode.continuation, part, { fin: i === parts.length - 1 }),
  );
}

/** Bytes in pieces of `size`, the last one shorter. */
export function pieces(bytes: Buffer, size: number): Buffer[] {
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) out.push(bytes.subarray(at, at + size));
  return out;
}
