import type { Frame } from "./codec.ts";
import { NameCache } from "./name-cache.ts";
import { isAsciiText, utf8Length } from "./text.ts";

/** A frame view keeps room for this many fields; one that grew beyond gives it back. */
const KEPT_FIELDS = 256;

/** What a frame view has to ask its codec. */
export interface FrameSource {
  /** The key that starts at `at`. */
  key(bytes: Uint8Array, at: number): string;
  /** The value of a field that was added with `rewrite`, in the form in which it may be passed on. */
  rewritten(raw: Uint8Array): Uint8Array;
}

/** Numbers kept per field: where its key, the key's text and the value start and end, and whether to rewrite it. */
const SLOTS = 6;

/** A frame over borrowed bytes, reused for the next one. Fields are offsets: nothing is allocated until asked for. */
export class ByteFrame implements Frame {
  op: number | null = null;
  t: string | null = null;
  hasFields = false;
  private bytes: Uint8Array = new Uint8Array(0);
  size = 0;
  private dStart = 0;
  private dEnd = -1;
  private nonceStart = 0;
  private nonceEnd = -1;
  private used = 0;
  private slots: Int32Array = new Int32Array(KEPT_FIELDS * SLOTS);
  private readonly names = new NameCache();
  private readonly source: FrameSource;

  constructor(source: FrameSource) {
    this.source = source;
  }

  begin(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.size = bytes.length;
    this.op = null;
    this.t = null;
    this.dEnd = -1;
    this.nonceEnd = -1;
    this.hasFields = false;
    this.used = 0;
    if (this.slots.length > KEPT_FIELDS * SLOTS) this.slots = new Int32Array(KEPT_FIELDS * SLOTS);
  }

  setName(start: number, end: number): void {
    this.t = this.names.read(this.bytes, start, end) ?? null;
  }

  /** Names `d`, dropping the fields of an earlier one. */
  setD(start: number, hasFields: boolean): void {
    this.dStart = start;
    this.hasFields = hasFields;
    this.used = 0;
  }

  closeD(end: number): void {
    this.dEnd = end;
  }

  /** Names the frame's own nonce. */
  setNonce(start: number, end: number): void {
    this.nonceStart = start;
    this.nonceEnd = end;
  }

  addField(keyAt: number, keyStart: number, keyEnd: number, start: number, end: number, rewrite: boolean): void {
    if (this.used === this.slots.length) {
      const grown = new Int32Array(this.used * 2);
      grown.set(this.slots);
      this.slots = grown;
    }
    const { slots, used } = this;
    slots[used] = keyAt;
    slots[used + 1] = keyStart;
    slots[used + 2] = keyEnd;
    slots[used + 3] = start;
    slots[used + 4] = end;
    slots[used + 5] = rewrite ? 1 : 0;
    this.used = used + SLOTS;
  }

  get d(): Uint8Array | undefined {
    return this.dEnd < 0 ? undefined : this.cut(this.dStart, this.dEnd);
  }

  get nonce(): Uint8Array | undefined {
    return this.nonceEnd < 0 ? undefined : this.cut(this.nonceStart, this.nonceEnd);
  }

  field(name: string): Uint8Array | undefined {
    const { slots, bytes } = this;
    for (let i = this.used - SLOTS; i >= 0; i -= SLOTS) {
      const start = slots[i + 1]!;
      if (slots[i + 2]! - start === name.length && isAsciiText(bytes, start, name)) return this.value(i);
    }
    // Text beyond ASCII is compared as text, for an etf atom may hold it as Latin-1.
    if (utf8Length(name) === name.length) return undefined;
    for (let i = this.used - SLOTS; i >= 0; i -= SLOTS) {
      if (this.source.key(bytes, slots[i]!) === name) return this.value(i);
    }
    return undefined;
  }

  private value(slot: number): Uint8Array {
    const raw = this.cut(this.slots[slot + 3]!, this.slots[slot + 4]!);
    return this.slots[slot + 5] === 0 ? raw : this.source.rewritten(raw);
  }

  private cut(start: number, end: number): Uint8Array {
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + start, end - start);
  }
}
