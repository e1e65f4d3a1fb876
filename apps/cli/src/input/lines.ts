import { StringDecoder } from "node:string_decoder";

/** Characters of a line: more than any frame carries, and little enough to hold. */
const maxLineLength = 64 * 1024 * 1024;

/**
 * Text line by line, as it can be read; lines end with `\n` or `\r\n`, and the last one may lack it. No more is read than the line at hand needs.
 * @throws RangeError for a line of more than `maxLength` characters; what the input throws
 */
export async function* readLines(
  input: AsyncIterable<string | Buffer>,
  maxLength: number = maxLineLength,
): AsyncGenerator<string, void> {
  const decoder = new StringDecoder("utf8");
  let begun = "";
  for await (const chunk of input) {
    const text = typeof chunk === "string" ? chunk : decoder.write(chunk);
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      yield withoutReturn(begun + text.slice(from, end));
      begun = "";
      from = end + 1;
    }
    begun += text.slice(from);
    if (begun.length > maxLength) throw new RangeError(`a line has more than ${maxLength} characters`);
  }
  begun += decoder.end();
  if (begun !== "") yield withoutReturn(begun);
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
