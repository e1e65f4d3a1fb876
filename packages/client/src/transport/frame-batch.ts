/** The socket that frames go to. */
export interface Wire {
  /** Whether it still takes frames; what was added before is dropped where not. */
  readonly isOpen: boolean;
  /** Bytes that were written and have not left. */
  readonly writableLength: number;
  /** The bytes are the stream's until they have left. */
  write(bytes: Uint8Array): void;
}

/** `Buffer` of Node.js, as far as it is used here. */
export interface NodeBuffer extends Uint8Array<ArrayBuffer> {
  /** Writes text as UTF-8 and returns its bytes. */
  write(text: string, at: number): number;
}

/** Puts frames of a WebSocket client next to each other, to be written at once. */
export interface FrameBatch {
  /** Bytes that were added and not written. */
  readonly bytes: number;
  /** False for what is too large to be put together with others. */
  add(data: string | Uint8Array): boolean;
  write(): void;
}

/** What all batches of a process share: most are written, and gone, before the next one begins. */
interface Slab {
  bytes: NodeBuffer;
  words: Int32Array;
  /** Where the next frame begins. */
  at: number;
  /** Whose frames there are; those of another are written first. */
  owner: FrameBatch | null;
}

const slabBytes = 65_536;
/** The longest frame head: that of a masked frame of less than 64 KiB. */
const headBytes = 8;
/** Above this many characters of text a frame goes by itself. */
const maxTextLength = 16_384;

const finalText = 0x81;
const finalBytes = 0x82;
const isMasked = 0x80;

/** Random bytes for masks, drawn many at a time. */
const random = new Uint8Array(4096);
let drawn = random.length;

let slab: Slab | null = null;

function renew(allocate: (size: number) => NodeBuffer): Slab {
  const bytes = allocate(slabBytes);
  slab = { bytes, words: new Int32Array(bytes.buffer, bytes.byteOffset, slabBytes / 4), at: 0, owner: null };
  return slab;
}

/** `allocate` makes memory that begins at a multiple of four bytes. */
export function createFrameBatch(wire: Wire, allocate: (size: number) => NodeBuffer): FrameBatch {
  let start = 0;

  const batch: FrameBatch = {
    get bytes() {
      return slab?.owner === batch ? slab.at - start : 0;
    },
    add(data) {
      // A character has three bytes at most.
      const mostBytes = typeof data === "string" ? data.length * 3 : data.length;
      if (mostBytes > maxTextLength * 3) return false;
      let to = slab ?? renew(allocate);
      if (to.owner !== batch) to.owner?.write();
      if (to.at + mostBytes + headBytes > slabBytes) {
        batch.write();
        to = slab!.at + mostBytes + headBytes > slabBytes ? renew(allocate) : slab!;
      }
      if (to.owner === null) {
        to.owner = batch;
        start = to.at;
      }
      to.at = typeof data === "string" ? putText(to, data) : putBytes(to, data);
      return true;
    },
    write() {
      if (slab === null || slab.owner !== batch) return;
      const { bytes, at } = slab;
      slab.owner = null;
      if (wire.isOpen) wire.write(bytes.subarray(start, at));
      // Most sockets take all of it at once, and the memory is free again.
      slab.at = wire.writableLength > 0 ? at : start;
    },
  };
  return batch;
}

function putText(to: Slab, text: string): number {
  const guess = text.length > 125 ? headBytes : headBytes - 2;
  const length = to.bytes.write(text, to.at + guess);
  const needed = length > 125 ? headBytes : headBytes - 2;
  if (needed !== guess) to.bytes.copyWithin(to.at + needed, to.at + guess, to.at + guess + length);
  return putHead(to, finalText, length);
}

function putBytes(to: Slab, data: Uint8Array): number {
  to.bytes.set(data, to.at + (data.length > 125 ? headBytes : headBytes - 2));
  return putHead(to, finalBytes, data.length);
}

/** Puts the head before a payload that is there already, and masks that; returns where it ends. */
function putHead({ bytes, words, at }: Slab, kind: number, length: number): number {
  bytes[at] = kind;
  let begin = at + 2;
  if (length > 125) {
    bytes[at + 1] = isMasked | 126;
    bytes[begin++] = length >> 8;
    bytes[begin++] = length & 255;
  } else bytes[at + 1] = isMasked | length;
  if (drawn === random.length) {
    crypto.getRandomValues(random);
    drawn = 0;
  }
  for (let i = 0; i < 4; i++) bytes[begin++] = random[drawn++]!;
  mask(bytes, words, begin, begin + length);
  return begin + length;
}

/** The mask of a word, put together by bytes: whichever comes first on this machine. */
const word = new Int32Array(1);
const wordBytes = new Uint8Array(word.buffer);

/** Masks a payload by the four bytes before it: in words of four bytes, but for its ends. */
function mask(bytes: Uint8Array, words: Int32Array, begin: number, end: number): void {
  const key = begin - 4;
  const first = Math.min((begin + 3) & ~3, end);
  const last = Math.max(end & ~3, first);
  for (let i = begin; i < first; i++) bytes[i]! ^= bytes[key + ((i - begin) & 3)]!;
  for (let i = 0; i < 4; i++) wordBytes[i] = bytes[key + ((first - begin + i) & 3)]!;
  const each = word[0]!;
  for (let i = first >> 2; i < last >> 2; i++) words[i]! ^= each;
  for (let i = last; i < end; i++) bytes[i]! ^= bytes[key + ((i - begin) & 3)]!;
}
