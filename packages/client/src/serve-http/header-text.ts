/** Values of header fields: text on the wire, whose UTF-8 bytes `Headers` has as a character each. */

const encoder = new TextEncoder();
const decoder = new TextDecoder();
// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is the same in both.
const ascii = /^[\x00-\x7f]*$/;

/** As `Headers` has it. */
export function toByteText(text: string): string {
  return ascii.test(text) ? text : Array.from(encoder.encode(text), (byte) => String.fromCharCode(byte)).join("");
}

/** As it travels. */
export function fromByteText(bytes: string): string {
  return ascii.test(bytes) ? bytes : decoder.decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}
