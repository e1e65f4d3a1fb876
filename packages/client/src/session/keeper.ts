import { receivedEveryBytes, receivedEveryFrames } from "@singyeong/protocol";
import { createQueue } from "../channel/queue.ts";

type Data = string | Uint8Array<ArrayBuffer>;

/** How much of what was sent is kept; at least twice of what the server may get before it says so. */
export interface KeeperBounds {
  readonly maxMessages: number;
  /** In characters of JSON, bytes of MessagePack. */
  readonly maxBytes: number;
}

/**
 * What a client knows of a session that it may resume ([RS-1], [RS-5]): how much it has got, and what it sent that the server may not have got.
 */
export interface Keeper {
  /** The last frame that was got; 0 before the first. */
  readonly seq: number;
  /** False once frames had to go that the server may lack, until it says that it has them. */
  readonly complete: boolean;
  /**
   * A frame of op 3 or 4 came, `seq` being what it says of itself and `length` how long it is: true where it is the next one, or says nothing, false
   * where it came before, `null` where others are missing before it.
   */
  take(seq: unknown, length: number): boolean | null;
  /** Whether the server has to be told by now what was got, or there is `anything` to tell. */
  due(anything: boolean): boolean;
  /** It was told. */
  told(): void;
  /** A dispatch was sent: it is kept, and past the bounds the oldest go. */
  sent(data: Data): void;
  /** The server has got the first `count` dispatches; false where that cannot be, which changes nothing. */
  confirm(count: unknown): boolean;
  /** What the server has not got, in order. */
  kept(): readonly Data[];
}

export function createKeeper(bounds: KeeperBounds): Keeper {
  const maxMessages = Math.max(bounds.maxMessages, 2 * receivedEveryFrames);
  const maxBytes = Math.max(bounds.maxBytes, 2 * receivedEveryBytes);
  const queue = createQueue<Data>(Number.POSITIVE_INFINITY);
  let seq = 0;
  let toldSeq = 0;
  /** Length of what has come since the server was told. */
  let untold = 0;
  let count = 0;
  let confirmed = 0;
  let bytes = 0;

  function shift(): void {
    bytes -= queue.shift().length;
  }

  return {
    get seq() {
      return seq;
    },
    get complete() {
      return queue.size >= count - confirmed;
    },
    take(said, length) {
      if (typeof said !== "number") return true;
      if (said <= seq) return false;
      if (said !== seq + 1) return null;
      seq = said;
      untold += length;
      return true;
    },
    due: (anything) => seq - toldSeq >= (anything ? 1 : receivedEveryFrames) || untold >= receivedEveryBytes,
    told() {
      toldSeq = seq;
      untold = 0;
    },
    sent(data) {
      count++;
      bytes += data.length;
      queue.push(data);
      while (queue.size > maxMessages || bytes > maxBytes) shift();
    },
    confirm(said) {
      if (typeof said !== "number" || !(said >= confirmed && said <= count)) return false;
      confirmed = said;
      while (queue.size > count - confirmed) shift();
      return true;
    },
    kept: queue.values,
  };
}
