import type { Raw } from "@singyeong/protocol/codec";

/** The sending half of one connection, or of a client over several. */
export interface Outbox {
  /**
   * Queues one frame; frames to one socket within a turn of the event loop leave as one write, in order.
   * The frame is not copied: bytes must not change afterwards. Text may also be given as its UTF-8 bytes.
   * Returns `false` where the socket's backlog is full or the connection is gone: the frame is not queued. A full backlog
   * closes the connection, unless slow consumers are to lose frames and this is one that `mayDrop`: a message of its own,
   * that nothing else counts on.
   */
  send(frame: Raw, mayDrop?: boolean): boolean;
  /** Sends what is queued, then a close frame. Later sends are dropped. */
  close(code: number, reason: string): void;
  /** Bytes queued and not yet taken by the operating system. */
  backlogBytes(): number;
}
