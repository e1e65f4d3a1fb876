/** What callers and callees say where a call is one message each way. */
import { formatTextFrame } from "./frame.ts";
import { messageTail, numberAt, numberDigits, payloadHead } from "./payload.ts";
import { createGuildQuery, guildOf } from "./traffic.ts";

/** How many different targets calls have, in turn: three ops each, which the callee alone matches. */
const targetCount = 100;
const series = 0;
const callee = 0;

/** Who calls are for: what the callee has to hold. */
export const calleeGuilds = Array.from({ length: targetCount }, (_, query) => guildOf(series, query));

/** The targets, as JSON. */
export const targets = Array.from({ length: targetCount }, (_, query) =>
  JSON.stringify(createGuildQuery(series, query, callee)),
);

/** What a frame of a stream begins with, up to its type. */
export const opening = '{"op":4,"ts":1700000000000,"t":"';
const formatPayload = (number: number): string =>
  payloadHead + String(number).padStart(numberDigits, "0") + messageTail;

/** Call `number` as a frame, to be written as latin1. Its id is the number. */
export function formatCall(number: number): string {
  const target = targets[number % targetCount]!;
  const payload = formatPayload(number);
  return formatTextFrame(
    `${opening}CALL","d":{"id":${number},"target":${target},"method":"echo","payload":${payload},"end":true}}`,
  );
}

/** The answer, which says what the call said. */
export function formatAnswer({ id, number }: CallMessage): string {
  return formatTextFrame(`${opening}DATA","d":{"id":${id},"payload":${formatPayload(number)},"end":true}}`);
}

/** The one message that a call or an answer has. */
export interface CallMessage {
  /** Of the stream, on the connection on which the message came. */
  readonly id: number;
  readonly number: number;
}

/** Reads a call or its answer. @throws where it is something else */
export function readMessage(bytes: Buffer, start: number, end: number): CallMessage {
  const text = bytes.toString("latin1", start, end);
  const at = text.indexOf(payloadHead) + numberAt;
  const whole =
    text.startsWith('{"op":4') && text.includes('"end":true') && text.startsWith(messageTail, at + numberDigits);
  if (!whole) throw new Error(`expected a message that ends a stream, got ${text}`);
  return { id: readId(text), number: Number(text.slice(at, at + numberDigits)) };
}

const idMark = '"id":';

/** Reads the id of the stream that a frame belongs to. @throws where there is none */
export function readId(text: string): number {
  const id = Number.parseInt(text.slice(text.indexOf(idMark) + idMark.length), 10);
  if (Number.isNaN(id)) throw new Error(`expected a frame of a stream, got ${text}`);
  return id;
}
