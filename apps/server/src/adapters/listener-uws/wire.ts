import type { HttpResponse } from "uWebSockets.js";

/** What a wire made of some bytes. */
export interface Put {
  /** What the socket did not take now. */
  readonly rest: Uint8Array | null;
  /** The socket is full: wait until the peer has read. */
  readonly isFull: boolean;
  /** The answer is complete; nothing may be put any more. */
  readonly isDone: boolean;
}

/** How a body's bytes are put on the socket; a trial may well find it full still. Called corked, after the head, never once it is done. */
export interface Wire {
  put(bytes: Uint8Array, isTrial: boolean): Put;
  /** Sends the head alone. */
  begin(): void;
  /** Nothing more comes: it is complete, or `early`, or complete for the peer while the library takes it for open. */
  finish(): "complete" | "early" | "lingering";
}

const nothing = new Uint8Array(0);

/** Bytes of a piece, and of the first after the socket was full: few, because some before it may still wait. */
const pieceBytes = 65_536;
const probeBytes = 4096;

/** A body of known length. `ending` is called before the last time that `res` is touched. */
export function createSizedWire(res: HttpResponse, length: number, ending: () => void): Wire {
  return {
    put(bytes) {
      const before = res.getWriteOffset();
      const piece = bytes.length > pieceBytes ? bytes.subarray(0, pieceBytes) : bytes;
      if (before + piece.length >= length) ending();
      const [ok, isDone] = res.tryEnd(piece, length);
      if (isDone) return { rest: null, isFull: false, isDone };
      const taken = ok ? piece.length : res.getWriteOffset() - before;
      return { rest: taken < bytes.length ? bytes.subarray(taken) : null, isFull: !ok, isDone: false };
    },
    begin() {
      if (length > 0) res.tryEnd(nothing, length);
    },
    finish() {
      // All of its bytes would have ended it.
      if (length > 0) return "early";
      ending();
      res.end();
      return "complete";
    },
  };
}

/** Server-sent events begin with a comment, which their readers skip: the head leaves with the first bytes only. */
const emptyComment = new TextEncoder().encode(":\n\n");

/**
 * A body in chunks. The library holds what the socket does not take and does not say when that is gone, so little is
 * given to it at a time. `isLast` leaves no way for a next request on the connection.
 */
export function createChunkedWire(res: HttpResponse, isEvents: boolean, isLast: boolean, ending: () => void): Wire {
  let wasFull = false;
  /** The library writes its own `transfer-encoding` with the first chunk, and not without one. */
  let hasWritten = false;
  return {
    put(bytes, isTrial) {
      hasWritten = true;
      const size = !wasFull ? pieceBytes : isTrial ? 1 : probeBytes;
      wasFull = !res.write(bytes.length > size ? bytes.subarray(0, size) : bytes);
      return { rest: bytes.length > size ? bytes.subarray(size) : null, isFull: wasFull, isDone: false };
    },
    begin() {
      if (!isEvents) return;
      hasWritten = true;
      res.write(emptyComment);
    },
    finish() {
      if (isLast) {
        if (!hasWritten) res.writeHeader("transfer-encoding", "chunked");
        endByTrailer(res);
        return "lingering";
      }
      ending();
      res.end();
      return "complete";
    },
  };
}

/**
 * Ends the chunks by hand, with a trailer: to the library the answer stays open, and it ends a connection on which a
 * request comes before the last was answered.
 */
function endByTrailer(res: HttpResponse): void {
  res.writeHeader("\r\n0\r\nx-end", "1\r\n");
}
