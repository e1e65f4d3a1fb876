import { crc32 } from "node:zlib";
import type { DeathCause, MessageState, RecoveredMessage, Standing, StoredMessage } from "../../ports/queue-store.ts";

/**
 * Values as they are on disk. Each begins with the CRC-32 of all that follows it, and repeats its key thereafter, so that
 * a value that is not what was written, or not where it was written, is found. Numbers are little-endian, keys big-endian.
 */

/** Where a seq's value goes on: behind checksum and key. */
const contentAt = 12;
const standingBytes = 30;
const messageHeadBytes = contentAt + standingBytes + 19;
const identityHeadBytes = contentAt + 10;

const states: readonly MessageState[] = ["ready", "leased", "delayed", "dead"];
const causes: readonly (DeathCause | null)[] = [null, "attempts", "expired", "rejected", "unreadable"];

/** Bytes that a record is written to, one behind the other, and the view by which numbers are. */
export interface Page {
  readonly bytes: Buffer;
  readonly view: DataView;
}

/** An upper bound of what `writeMessage` takes. */
export function messageRoom({ queue, target, body }: StoredMessage): number {
  return messageHeadBytes + 3 * (queue.length + target.length) + body.byteLength;
}

/** An upper bound of what `writeIdentity` takes. */
export function identityRoom(queue: string, id: string): number {
  return identityHeadBytes + 3 * (queue.length + id.length);
}

/** What `writeStanding` takes. */
export const standingRoom = contentAt + standingBytes;

/** Each writes one record at `at` and returns where it ends. */
export function writeMessage(page: Page, at: number, message: StoredMessage, standing: Standing): number {
  const { bytes, view } = page;
  putStanding(view, at + contentAt, standing);
  let next = at + contentAt + standingBytes;
  view.setUint8(next, message.priority);
  view.setUint32(next + 1, message.maxAttempts, true);
  view.setFloat64(next + 5, message.pushedMs, true);
  next += 19;
  const queueBytes = bytes.write(message.queue, next);
  const targetBytes = bytes.write(message.target, next + queueBytes);
  view.setUint16(next - 6, queueBytes, true);
  view.setUint32(next - 4, targetBytes, true);
  next += queueBytes + targetBytes;
  bytes.set(message.body, next);
  return seal(page, at, message.seq, next + message.body.byteLength);
}

export function writeStanding(page: Page, at: number, seq: number, standing: Standing): number {
  putStanding(page.view, at + contentAt, standing);
  return seal(page, at, seq, at + standingRoom);
}

export function writeIdentity(page: Page, at: number, seq: number, queue: string, id: string, untilMs: number): number {
  const { bytes, view } = page;
  view.setFloat64(at + contentAt, untilMs, true);
  const queueBytes = bytes.write(queue, at + identityHeadBytes);
  view.setUint16(at + contentAt + 8, queueBytes, true);
  const next = at + identityHeadBytes + queueBytes;
  return seal(page, at, seq, next + bytes.write(id, next));
}

function seal({ bytes, view }: Page, at: number, seq: number, end: number): number {
  view.setUint32(at + 4, Math.floor(seq / 0x1_0000_0000));
  view.setUint32(at + 8, seq >>> 0);
  view.setUint32(at, crc32(bytes.subarray(at + 4, end)), true);
  return end;
}

function putStanding(view: DataView, at: number, { state, attempt, turn, dueMs, expiresMs, cause }: Standing): void {
  view.setUint8(at, states.indexOf(state));
  view.setUint8(at + 1, causes.indexOf(cause));
  view.setUint32(at + 2, attempt, true);
  view.setFloat64(at + 6, turn, true);
  view.setFloat64(at + 14, dueMs, true);
  view.setFloat64(at + 22, expiresMs, true);
}

/** Whether `value` is the whole record of `seq`. Every reader below wants it checked before. */
export function isRecordOf(seq: number, value: Buffer): boolean {
  return (
    value.byteLength >= contentAt &&
    value.readUInt32LE(0) === crc32(value.subarray(4)) &&
    value.readUInt32BE(4) * 0x1_0000_0000 + value.readUInt32BE(8) === seq
  );
}

/** The body of a message's record, in the same memory. */
export function readBody(value: Buffer): Buffer {
  return value.subarray(bodyAt(value));
}

function bodyAt(value: Buffer): number {
  return messageHeadBytes + value.readUInt16LE(messageHeadBytes - 6) + value.readUInt32LE(messageHeadBytes - 4);
}

export function readMessage(seq: number, value: Buffer): RecoveredMessage {
  const at = contentAt + standingBytes;
  const queueEnd = messageHeadBytes + value.readUInt16LE(at + 13);
  return {
    seq,
    queue: value.toString("utf8", messageHeadBytes, queueEnd),
    target: value.toString("utf8", queueEnd, bodyAt(value)),
    priority: value.readUInt8(at),
    maxAttempts: value.readUInt32LE(at + 1),
    pushedMs: value.readDoubleLE(at + 5),
    standing: readStanding(value),
    bodyBytes: value.byteLength - bodyAt(value),
  };
}

/** Where a message stands, from its own record or that of its standing. */
export function readStanding(value: Buffer): Standing {
  return {
    state: states[value.readUInt8(contentAt)] ?? "ready",
    cause: causes[value.readUInt8(contentAt + 1)] ?? null,
    attempt: value.readUInt32LE(contentAt + 2),
    turn: value.readDoubleLE(contentAt + 6),
    dueMs: value.readDoubleLE(contentAt + 14),
    expiresMs: value.readDoubleLE(contentAt + 22),
  };
}

export function readIdentity(value: Buffer): { readonly queue: string; readonly id: string; readonly untilMs: number } {
  const queueEnd = identityHeadBytes + value.readUInt16LE(contentAt + 8);
  return {
    queue: value.toString("utf8", identityHeadBytes, queueEnd),
    id: value.toString("utf8", queueEnd),
    untilMs: value.readDoubleLE(contentAt),
  };
}

/** The record of a named number, such as the version of the format. */
export function namedNumber(name: string, value: number): Buffer {
  const record = Buffer.alloc(4 + Buffer.byteLength(name) + 8);
  record.writeDoubleLE(value, 4 + record.write(name, 4));
  record.writeUInt32LE(crc32(record.subarray(4)));
  return record;
}

/** Reads what `namedNumber` wrote. */
export function readNamedNumber(value: Buffer): number {
  return value.readDoubleLE(value.byteLength - 8);
}

/** The record that stands for no more than its own name. */
export function nameOnly(name: string): Buffer {
  const record = Buffer.alloc(4 + Buffer.byteLength(name));
  record.write(name, 4);
  record.writeUInt32LE(crc32(record.subarray(4)));
  return record;
}
