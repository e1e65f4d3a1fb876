import type { Raw } from "@singyeong/protocol/codec";

/** How much a session keeps for its client, and what all of them keep together, in bytes (characters of text). */
export interface RingLimits {
  readonly maxFrames: number;
  readonly maxBytes: number;
}

/** Bytes that all rings keep: a running sum to be shown. */
export interface KeptBytes {
  total: number;
}

/** So many empty places in front are put up with. */
const idlePlaces = 32;

/**
 * Numbered frames, 1, 2, 3 …, of which the latest are kept until they are confirmed. Past its bounds the oldest go. A
 * class, because there is one for every client that may resume: a record of closures takes four times the memory.
 */
export class FrameRing {
  readonly #limits: RingLimits;
  readonly #kept: KeptBytes;
  readonly #frames: Raw[] = [];
  /** Where in `#frames` the oldest is. */
  #head = 0;
  #bytes = 0;
  /** The number of the newest frame, kept or not. */
  lastSeq = 0;

  constructor(limits: RingLimits, kept: KeptBytes) {
    this.#limits = limits;
    this.#kept = kept;
  }

  /** The number of the oldest frame that is kept; the next one's where none is. */
  get firstSeq(): number {
    return this.lastSeq + 1 - (this.#frames.length - this.#head);
  }

  /** Numbers a frame and keeps it. */
  push(frame: Raw): number {
    this.#frames.push(frame);
    this.#count(frame.length);
    this.lastSeq++;
    const { maxFrames, maxBytes } = this.#limits;
    while (this.#bytes > maxBytes || this.#frames.length - this.#head > maxFrames) this.#drop();
    return this.lastSeq;
  }

  /** Forgets all frames up to one. */
  confirm(seq: number): void {
    for (let left = seq + 1 - this.firstSeq; left > 0 && this.#head < this.#frames.length; left--) this.#drop();
  }

  /** Whether all frames behind one are kept, and that one has been made. */
  hasAllAfter(seq: number): boolean {
    return seq >= this.firstSeq - 1 && seq <= this.lastSeq;
  }

  /** Hands over every frame that is kept, the oldest first, until `take` returns false. */
  replay(take: (frame: Raw, seq: number) => boolean): void {
    const { firstSeq } = this;
    for (let i = this.#head; i < this.#frames.length; i++) {
      if (!take(this.#frames[i]!, firstSeq + i - this.#head)) return;
    }
  }

  #drop(): void {
    this.#count(-this.#frames[this.#head]!.length);
    this.#frames[this.#head++] = "";
    if (this.#head === this.#frames.length) this.#frames.length = this.#head = 0;
    else if (this.#head > idlePlaces && this.#head * 2 > this.#frames.length) {
      this.#frames.splice(0, this.#head);
      this.#head = 0;
    }
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#kept.total += bytes;
  }
}
