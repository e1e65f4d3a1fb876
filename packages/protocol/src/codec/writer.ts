import { cutBytes } from "./slab.ts";

/** A writer that grew beyond this for one value gives its buffer back. */
const KEPT_BYTES = 65_536;

const encoder = new TextEncoder();
const scratch = new DataView(new ArrayBuffer(8));

/** Bytes in the making, big-endian. */
export class Writer {
  private bytes: Uint8Array<ArrayBuffer>;
  private length = 0;

  /** `capacity` is a start for what is taken with `takeCopy`, and the exact size for `takeWhole`. */
  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  u8(value: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length] = value;
    this.length += 1;
  }

  u16(value: number): void {
    this.u8(value >>> 8);
    this.u8(value);
  }

  u32(value: number): void {
    this.reserve(4);
    const { bytes, length } = this;
    bytes[length] = value >>> 24;
    bytes[length + 1] = value >>> 16;
    bytes[length + 2] = value >>> 8;
    bytes[length + 3] = value;
    this.length = length + 4;
  }

  f64(value: number): void {
    scratch.setFloat64(0, value);
    this.u32(scratch.getUint32(0));
    this.u32(scratch.getUint32(4));
  }

  put(slice: Uint8Array): void {
    const size = slice.length;
    this.reserve(size);
    const { bytes, length } = this;
    if (size > 32) bytes.set(slice, length);
    else for (let i = 0; i < size; i += 1) bytes[length + i] = slice[i]!;
    this.length = length + size;
  }

  /** Text that takes `size` bytes, as `utf8Length` counts. */
  text(text: string, size: number): void {
    this.reserve(size);
    const { bytes, length } = this;
    if (size === text.length && size <= 64) {
      for (let i = 0; i < size; i += 1) bytes[length + i] = text.charCodeAt(i);
    } else {
      encoder.encodeInto(text, bytes.subarray(length, length + size));
    }
    this.length = length + size;
  }

  /** A copy of what was written; the writer starts anew. */
  takeCopy(): Uint8Array {
    const taken = this.bytes.slice(0, this.length);
    this.startAnew();
    return taken;
  }

  /** As `takeCopy` with `tail` behind, but to be passed on soon (see `cutBytes`). A large tail grows no buffer. */
  takeCopyWith(tail: Uint8Array): Uint8Array {
    const { bytes, length } = this;
    const taken = cutBytes(length + tail.length);
    if (length > 64) taken.set(bytes.subarray(0, length));
    else for (let i = 0; i < length; i += 1) taken[i] = bytes[i]!;
    taken.set(tail, length);
    this.startAnew();
    return taken;
  }

  /** As `takeCopy` with a copy of `head` before it, to be passed on soon. */
  takeCopyBehind(head: Uint8Array): Uint8Array {
    const { bytes, length } = this;
    const start = head.length;
    const taken = cutBytes(start + length);
    taken.set(head);
    for (let i = 0; i < length; i += 1) taken[start + i] = bytes[i]!;
    this.startAnew();
    return taken;
  }

  /** What was written, uncopied: for a writer made with the exact size, and used up by this. */
  takeWhole(): Uint8Array {
    return this.length === this.bytes.length ? this.bytes : this.takeCopy();
  }

  /** Drops what an encoding that threw left behind. */
  restart(): void {
    this.length = 0;
  }

  private startAnew(): void {
    this.length = 0;
    if (this.bytes.length > KEPT_BYTES) this.bytes = new Uint8Array(KEPT_BYTES);
  }

  private reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
