/**
 * What must not reach a terminal as it is: control characters (an ESC moves the cursor, C1 has its own CSI), and those
 * that turn the direction of text, which make a line read as something else.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
const dangerous = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

const names: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Text of others, safe to print on one line: what could harm is shown as in JSON (`\u001b`). */
export function escapeText(text: string): string {
  return text.replace(dangerous, (character) => names[character] ?? escapeUnit(character));
}

/** JSON text, safe to print: characters that JSON leaves alone and terminals do not, which only stand inside of strings. */
export function escapeJson(text: string): string {
  return text.replace(dangerous, (character) => (character === "\n" ? character : escapeUnit(character)));
}

/** Text of more than one line: line ends and tabs stay. */
export function escapeLines(text: string): string {
  return text.replace(dangerous, (character) =>
    character === "\n" || character === "\t" ? character : (names[character] ?? escapeUnit(character)),
  );
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
