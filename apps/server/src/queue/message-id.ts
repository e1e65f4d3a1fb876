/** Digits of an id: enough for every whole number below 2^53, so that ids sort as the messages were pushed. */
const digits = 11;
const shape = /^[0-9a-z]{11}$/;

/** A message's id as clients see it. */
export function formatMessageId(seq: number): string {
  return seq.toString(36).padStart(digits, "0");
}

/** The number behind an id; `null` for what is none. */
export function parseMessageId(id: string): number | null {
  if (!shape.test(id)) return null;
  const seq = Number.parseInt(id, 36);
  return Number.isSafeInteger(seq) ? seq : null;
}
