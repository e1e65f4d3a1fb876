import type { Value } from "@singyeong/protocol";
import type { Raw } from "@singyeong/protocol/codec";
import type { StreamMessage } from "./streams.ts";

/** Why a stream is over before its ends. */
export interface StreamFailure {
  /** A code of the table of errors, or the other end's own. */
  readonly code: string;
  readonly message: string;
  /** Whether the call may have been carried out. */
  readonly delivered: boolean;
  readonly data: Value;
}

/** Whoever inside the server is at the end of a stream. Called while a frame is handled, and may act on the stream at once. */
export interface StreamSink {
  /** A message, or the other end's last: its parts are borrowed from a frame. */
  message(message: StreamMessage): void;
  /** There may be room for more, which `OwnStream.maySend` tells. */
  room(): void;
  /** The stream is over; nothing else is told. */
  aborted(failure: StreamFailure): void;
}

/** A stream that the server itself has opened to a client. What is said of one that is over is lost. */
export interface OwnStream {
  /** Whether a message may be sent now; where not, `room` of the sink is called once it may be worth asking again. */
  maySend(): boolean;
  /** Sends a message, raw in the client's codec, as long as `maySend`. */
  send(payload: Raw): void;
  /** Says that nothing follows, but for `payload` where there is one, at any time. */
  end(payload?: Raw): void;
  /** `n` more messages may come: give as many as have come. */
  credit(n: number): void;
  /** Gives the stream up; the sink is told nothing more. */
  abort(code: string, message: string): void;
}
