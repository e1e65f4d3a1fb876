import { maxCredit } from "@singyeong/protocol";

/**
 * What one end of a stream may still send: messages by the credit that the other end gave, and bytes by how many are under
 * way, which are those of messages that no credit has made up for yet ([ST-8, ST-9]).
 */
export interface Flow {
  /** Messages that may be sent. */
  credit: number;
  /** Bytes under way. */
  bytes: number;
  /** Sizes of the messages under way, the first ones from `settled` on; `null` while there was none. */
  sizes: number[] | null;
  /** How many of `sizes` have been made up for. */
  settled: number;
}

/** Settled sizes are cut off once there are so many. */
const keptSizes = 64;

export function createFlow(credit: number): Flow {
  return { credit, bytes: 0, sizes: null, settled: 0 };
}

/** Takes a message of so many bytes; false where it goes beyond what its sender may send, and nothing has changed. */
export function take(flow: Flow, size: number, maxBytes: number): boolean {
  if (flow.credit === 0 || flow.bytes >= maxBytes) return false;
  flow.credit--;
  flow.bytes += size;
  if (flow.sizes === null) flow.sizes = [size];
  else flow.sizes.push(size);
  return true;
}

/** Gives credit for `n` more messages, which makes up for the first `n` under way. */
export function grant(flow: Flow, n: number): void {
  flow.credit = Math.min(flow.credit + n, maxCredit);
  const { sizes } = flow;
  if (sizes === null) return;
  const end = Math.min(flow.settled + n, sizes.length);
  while (flow.settled < end) flow.bytes -= sizes[flow.settled++]!;
  if (flow.settled === sizes.length) {
    sizes.length = 0;
    flow.settled = 0;
  } else if (flow.settled >= keptSizes) {
    flow.sizes = sizes.slice(flow.settled);
    flow.settled = 0;
  }
}
