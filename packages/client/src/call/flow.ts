import { maxCredit } from "@singyeong/protocol";

/**
 * Where this end of a stream stands: what it may still send, what it may still get, and who has ended ([ST-7] to [ST-9]). Pure: it
 * knows of no frames. A message here is a DATA that is no end.
 */
export interface Flow {
  /** Messages that may be sent. */
  credit: number;
  /** Bytes of messages sent that no credit has made up for. */
  bytes: number;
  /** Sizes of those messages, oldest first from `settled` on; `null` while there was none. */
  sizes: number[] | null;
  settled: number;
  /** Messages that may still come. */
  open: number;
  /** Messages that came, were taken, and have not been given credit for; one less where a message needed none. */
  owed: number;
  /** How many messages may be here untaken. */
  readonly window: number;
  saidEnd: boolean;
  heardEnd: boolean;
}

/** Settled sizes are cut off once there are so many. */
const keptSizes = 64;

/** `credit` is how many messages may be sent before more credit comes, `window` how many may come. */
export function createFlow({ credit, window }: { readonly credit: number; readonly window: number }): Flow {
  const owed = 0;
  return { credit, bytes: 0, sizes: null, settled: 0, open: window, owed, window, saidEnd: false, heardEnd: false };
}

/** Whether a message may be sent where `maxBytes` may be under way. Ends may be said at any time, once. */
export function maySend(flow: Flow, maxBytes: number): boolean {
  return flow.credit > 0 && flow.bytes < maxBytes && !flow.saidEnd;
}

export function sent(flow: Flow, size: number): void {
  flow.credit--;
  flow.bytes += size;
  if (flow.sizes === null) flow.sizes = [size];
  else flow.sizes.push(size);
}

/** Credit for `n` messages came, which makes up for the first `n` under way. */
export function credited(flow: Flow, n: number): void {
  flow.credit = Math.min(flow.credit + n, maxCredit);
  const { sizes } = flow;
  if (sizes === null) return;
  const end = Math.min(flow.settled + n, sizes.length);
  while (flow.settled < end) flow.bytes -= sizes[flow.settled++]!;
  if (flow.settled < keptSizes && flow.settled < sizes.length) return;
  flow.sizes = flow.settled === sizes.length ? null : sizes.slice(flow.settled);
  flow.settled = 0;
}

/** A message came; false where nobody gave credit for it, or after the end. */
export function came(flow: Flow): boolean {
  if (flow.open === 0 || flow.heardEnd) return false;
  flow.open--;
  return true;
}

/** Messages that came were taken by whom they were for. */
export function taken(flow: Flow, count: number): void {
  flow.owed += count;
}

/**
 * How much credit to give now, 0 for none. Of a window one half is given at a time, all of it `soon`: where somebody waits for more, or
 * much was taken.
 */
export function due(flow: Flow, soon: boolean): number {
  if (flow.heardEnd || flow.owed <= 0 || (!soon && flow.owed * 2 < flow.window)) return 0;
  return flow.owed;
}

/**
 * Credit for `n` messages was given, no more than what is owed: more would make up for messages that one side has seen by then and
 * the other has not, and they would count the bytes under way differently.
 */
export function gave(flow: Flow, n: number): void {
  flow.open += n;
  flow.owed -= n;
}

/** Whether nothing more comes or goes. */
export function isOver(flow: Flow): boolean {
  return flow.saidEnd && flow.heardEnd;
}
