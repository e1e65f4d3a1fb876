/** Numbered payloads of messages, of which the number is all that changes. */

/** Length of a message's payload in bytes, where nothing else is asked for. */
export const messageBytes = 230;
/** Digits of the number that tells messages apart. */
export const numberDigits = 8;
/** A number that stands for those that are written later. */
export const zeros = "0".repeat(numberDigits);

const sentence = "all work and no play ";

/** A payload of so many bytes as JSON, its number all zeros. */
export function createPayload(bytes: number): string {
  const room = bytes - JSON.stringify({ n: zeros, text: "" }).length;
  return JSON.stringify({ n: zeros, text: sentence.repeat(Math.ceil(room / sentence.length)).slice(0, room) });
}

/** The payload of a message. */
export const messagePayload = createPayload(messageBytes);
/** Where the number stands within a payload. */
export const numberAt = messagePayload.indexOf(zeros);
/** What stands before it, whatever the payload's length, and what behind it. */
export const payloadHead = messagePayload.slice(0, numberAt);
export const messageTail = messagePayload.slice(numberAt + numberDigits);

/** Writes a number with leading zeros. */
export function writeDigits(bytes: Buffer, at: number, digits: number, value: number): void {
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    bytes[i] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}
