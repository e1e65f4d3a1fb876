import { goesBefore, type Lane } from "./lane.ts";
import type { MessageTable } from "./message-table.ts";

/** Puts lanes that have ready messages in such an order that the first is the one whose message goes first. */
export function arrange<C>(table: MessageTable, lanes: Lane<C>[]): void {
  for (let at = (lanes.length >> 1) - 1; at >= 0; at--) sink(table, lanes, at);
}

/** Brings the first lane to where it belongs, once its first message has gone. */
export function rearrange<C>(table: MessageTable, lanes: Lane<C>[]): void {
  sink(table, lanes, 0);
}

/** Takes the first lane out. */
export function takeFirst<C>(table: MessageTable, lanes: Lane<C>[]): void {
  const last = lanes.pop()!;
  if (lanes.length === 0) return;
  lanes[0] = last;
  sink(table, lanes, 0);
}

function sink<C>(table: MessageTable, lanes: Lane<C>[], at: number): void {
  const lane = lanes[at]!;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= lanes.length) break;
    if (child + 1 < lanes.length && goesBefore(table, lanes[child + 1]!, lanes[child]!)) child++;
    if (!goesBefore(table, lanes[child]!, lane)) break;
    lanes[at] = lanes[child]!;
    at = child;
  }
  lanes[at] = lane;
}
