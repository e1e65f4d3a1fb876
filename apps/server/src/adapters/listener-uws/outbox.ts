import type { WebSocket } from "uWebSockets.js";
import type { Raw } from "@singyeong/protocol/codec";
import type { Outbox } from "../../ports/outbox.ts";
import type { FlushQueue } from "./flush-queue.ts";

/** Once so much has gathered it is written at once: waiting longer saves nothing and could fill the backlog. */
const flushBytes = 1024 * 1024;

/** What `ws.send` answers where the frame went past the backlog limit. */
const dropped = 2;
/** … and where it has to wait in the backlog. */
const waiting = 0;

/**
 * The sending half of a uWebSockets.js connection. Frames gather during a turn of the event loop and leave in one
 * cork: measured, a write of its own costs about five times as much as everything else a message takes.
 */
export class UwsOutbox<U> implements Outbox {
  readonly #ws: WebSocket<U>;
  readonly #binary: boolean;
  readonly #queue: FlushQueue;
  #pending: Raw[] | null = null;
  #pendingBytes = 0;
  #congested = false;
  #open = true;
  /** The library has let go of the socket: to touch it would throw. */
  #gone = false;

  constructor(ws: WebSocket<U>, binary: boolean, queue: FlushQueue) {
    this.#ws = ws;
    this.#binary = binary;
    this.#queue = queue;
  }

  send(frame: Raw, mayDrop = false): boolean {
    if (!this.#open) return false;
    const bytes = this.#pendingBytes + frame.length;
    const waitingBytes = this.#congested ? this.#ws.getBufferedAmount() : 0;
    if (bytes + waitingBytes > this.#queue.maxBacklogBytes) return this.#refuse(mayDrop);
    this.#pendingBytes = bytes;
    if (this.#pending === null) {
      this.#pending = [frame];
      this.#queue.add(this);
    } else {
      this.#pending.push(frame);
      if (bytes > flushBytes && this.#queue.writesAtOnce) this.flush();
    }
    return this.#open;
  }

  close(code: number, reason: string): void {
    if (!this.#open) return;
    this.flush();
    if (!this.#open) return;
    this.#open = false;
    this.#ws.end(code, reason);
  }

  backlogBytes(): number {
    return this.#pendingBytes + (this.#open ? this.#ws.getBufferedAmount() : 0);
  }

  /** Hands everything that has gathered to the socket. */
  flush(): void {
    const frames = this.#pending;
    if (frames === null) return;
    this.#pending = null;
    this.#pendingBytes = 0;
    if (!this.#open) return;
    if (frames.length === 1) this.#write(frames[0]!);
    else this.#ws.cork(() => this.#writeAll(frames));
  }

  /** The socket has taken its backlog. */
  drained(): void {
    this.#congested = this.#ws.getBufferedAmount() > 0;
  }

  /** The socket is gone; its object must not be touched any more. */
  closed(): void {
    this.#gone = true;
    this.#open = false;
    this.#pending = null;
    this.#pendingBytes = 0;
  }

  #writeAll(frames: readonly Raw[]): void {
    for (let i = 0; i < frames.length && this.#open; i++) this.#write(frames[i]!);
  }

  #write(frame: Raw): void {
    const outcome = this.#ws.send(frame, this.#binary);
    if (outcome === waiting) this.#congested = true;
    else if (outcome === dropped) this.#overflow();
  }

  #refuse(mayDrop: boolean): false {
    if (!mayDrop || !this.#queue.drops) return this.#overflow();
    this.#queue.onDropped();
    return false;
  }

  /** A consumer this far behind is cut: a close frame would only join the queue that it does not read. */
  #overflow(): false {
    this.#open = false;
    this.#pending = null;
    this.#queue.onSlowConsumer();
    this.#queue.cutLater(() => {
      if (!this.#gone) this.#ws.close();
    });
    return false;
  }
}
