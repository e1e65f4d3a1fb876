import type { Codec } from "@singyeong/protocol/codec";
import type { TargetRequest } from "../../ports/dialer.ts";
import type { OwnStream } from "../../stream/sink.ts";
import { encodeChunk, maxChunkBytes } from "./body-chunk.ts";

/** A body on its way to a client. */
export interface RequestBody {
  /** There may be room for more. */
  room(): void;
  /** Takes no more of the body, and sends none. Harmless once all was sent. */
  stop(): void;
  /** Whether all of it was sent. */
  readonly isSent: boolean;
}

/** Sends a body, as fast as the stream takes it; `failed` is told where the body itself ends too early. */
export function sendBody(
  stream: OwnStream,
  codec: Codec,
  body: NonNullable<TargetRequest["body"]>,
  failed: () => void,
): RequestBody {
  const pieces = body instanceof Uint8Array ? null : body[Symbol.asyncIterator]();
  let isOver = false;
  let isSent = false;
  let wake: (() => void) | null = null;

  /** Resolves once a message may be sent, or none will be. */
  async function room(): Promise<void> {
    while (!isOver && !stream.maySend()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  async function send(bytes: Uint8Array, isLast: boolean): Promise<void> {
    for (let at = 0; at < bytes.length; at += maxChunkBytes) {
      const chunk = bytes.subarray(at, at + maxChunkBytes);
      if (isLast && at + maxChunkBytes >= bytes.length) return end(chunk);
      await room();
      if (isOver) return;
      stream.send(encodeChunk(codec, chunk));
    }
    if (isLast) end();
  }

  function end(chunk?: Uint8Array): void {
    if (isOver) return;
    isOver = true;
    isSent = true;
    stream.end(chunk && encodeChunk(codec, chunk));
  }

  async function sendPieces(iterator: AsyncIterator<Uint8Array>): Promise<void> {
    for (;;) {
      // Whoever sends is asked for more only once there is room for it.
      await room();
      if (isOver) return;
      const { done, value } = await iterator.next();
      if (done === true) return end();
      if (value.length > 0) await send(value, false);
    }
  }

  function stop(): void {
    if (isOver) return;
    isOver = true;
    wake?.();
    void leave(pieces);
  }

  const sending = pieces === null ? send(body as Uint8Array, true) : sendPieces(pieces);
  sending.catch(() => {
    if (isOver) return;
    stop();
    failed();
  });

  return {
    room() {
      wake?.();
      wake = null;
    },
    stop,
    get isSent() {
      return isSent;
    },
  };
}

async function leave(iterator: AsyncIterator<Uint8Array> | null): Promise<void> {
  try {
    await iterator?.return?.();
  } catch {
    // It is left in any case.
  }
}
