/** The ops of a frame and who may send them (docs/protocol/connection.md). */
export const Op = {
  hello: 0,
  identify: 1,
  ready: 2,
  invalid: 3,
  dispatch: 4,
  heartbeat: 5,
  heartbeatAck: 6,
  goodbye: 7,
  error: 8,
} as const;

const names = ["hello", "identify", "ready", "invalid", "dispatch", "heartbeat", "heartbeat_ack", "goodbye", "error"];

/** The v1 name of an op; `null` where there is none. */
export function opName(op: number | null): string | null {
  return op === null ? null : (names[op] ?? null);
}

/** Dispatch events that a client may send to a server or get from it: those of v1, then those of extensions. */
export type EventName =
  | "UPDATE_METADATA"
  | "SEND"
  | "BROADCAST"
  | "QUERY_NODES"
  | "QUEUE"
  | "QUEUE_CONFIRM"
  | "QUEUE_REQUEST"
  | "QUEUE_REQUEST_CANCEL"
  | "QUEUE_ACK"
  | "CLIENT_CONNECTED"
  | "CLIENT_DISCONNECTED"
  | "DISPATCHED"
  | "METADATA_UPDATED";
