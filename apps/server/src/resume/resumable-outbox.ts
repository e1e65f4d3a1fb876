import type { Codec, Raw } from "@singyeong/protocol/codec";
import type { Outbox } from "../ports/outbox.ts";
import type { FrameRing } from "./frame-ring.ts";

const encoder = new TextEncoder();
/** The close code of a server that cannot go on now (RFC 6455's registry: Try Again Later). */
const tryAgain = 1013;

/**
 * The outbox of a client that may resume ([RS-1], [RS-5]): numbers each frame and keeps it until the client has confirmed
 * it, over one socket after the other, and while there is none. Kept is the frame without its number, so that the bytes of a broadcast are
 * kept once for all who got them.
 */
export class ResumableOutbox implements Outbox {
  readonly #codec: Codec;
  readonly #ring: FrameRing;
  /** Null while the client is away. */
  #socket: Outbox | null;
  #isOver = false;

  constructor(codec: Codec, ring: FrameRing, socket: Outbox) {
    this.#codec = codec;
    this.#ring = ring;
    this.#socket = socket;
  }

  /** `false` only once the session is over: what the socket does not take waits for the client to resume. */
  send(frame: Raw): boolean {
    if (this.#isOver) return false;
    const socket = this.#socket;
    if (socket === null) this.#ring.push(compact(frame));
    else {
      const seq = this.#ring.push(typeof frame === "string" ? frame : unpool(frame));
      // A gap would be for good: the client gets what is missing by resuming.
      if (!socket.send(this.#codec.number(frame, seq))) socket.close(tryAgain, "too slow: resume to get the rest");
    }
    return true;
  }

  close(code: number, reason: string): void {
    this.#socket?.close(code, reason);
  }

  backlogBytes(): number {
    return this.#socket?.backlogBytes() ?? 0;
  }

  /** The client has everything up to `seq`; `false` where that was never sent. */
  confirm(seq: number): boolean {
    if (seq > this.#ring.lastSeq) return false;
    this.#ring.confirm(seq);
    return true;
  }

  /** Whether a client that has everything up to `seq` can go on from there. */
  canResume(seq: number): boolean {
    return this.#ring.hasAllAfter(seq);
  }

  /** The number of the last frame. */
  get lastSeq(): number {
    return this.#ring.lastSeq;
  }

  /** The socket is gone. */
  detach(): void {
    this.#socket = null;
  }

  /** Goes on over another socket, with the frames behind `seq`. */
  attach(socket: Outbox, seq: number): void {
    this.#ring.confirm(seq);
    this.#socket = socket;
    this.#ring.replay((frame, n) => socket.send(this.#codec.number(frame, n)));
  }

  /** Takes and keeps nothing any more. */
  end(): void {
    this.#isOver = true;
    this.#socket = null;
    this.#ring.confirm(this.#ring.lastSeq);
  }
}

/** A frame that stays for long: text may be many slices of others, and keep all of them alive. */
function compact(frame: Raw): Uint8Array {
  return typeof frame === "string" ? encoder.encode(frame) : unpool(frame);
}

/** Bytes that Node.js cut from its pool keep all of that alive. */
function unpool(frame: Uint8Array): Uint8Array {
  return Buffer.isBuffer(frame) && frame.buffer.byteLength > 2 * frame.length ? new Uint8Array(frame) : frame;
}
