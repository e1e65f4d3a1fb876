/** Redis' protocol (RESP2) as a load generator needs it. */

/** A reply: text, a whole number, nothing, or several of these. */
export type Reply = string | number | null | readonly Reply[];

/** A command with its arguments; in latin1. */
export function formatCommand(...args: readonly string[]): string {
  return `*${args.length}\r\n${args.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join("")}`;
}

/** Reads one connection's replies; call what it returns with each chunk, which is only read during that call. */
export function createReplyReader(onReply: (reply: Reply) => void): (chunk: Buffer) => void {
  let held = "";
  return (chunk) => {
    const text = held + chunk.toString("latin1");
    const cursor: Cursor = { text, at: 0 };
    let done = 0;
    for (let reply = readReply(cursor); reply !== undefined; reply = readReply(cursor)) {
      done = cursor.at;
      onReply(reply);
    }
    held = text.slice(done);
  };
}

interface Cursor {
  readonly text: string;
  at: number;
}

/** The reply at the cursor, which moves on; `undefined` where it is not whole. @throws at an error of the server */
function readReply(cursor: Cursor): Reply | undefined {
  const { text, at } = cursor;
  const lineEnd = text.indexOf("\r\n", at);
  if (lineEnd < 0) return undefined;
  const line = text.slice(at + 1, lineEnd);
  cursor.at = lineEnd + 2;
  switch (text[at]) {
    case "+":
      return line;
    case ":":
      return Number(line);
    case "$":
      return line === "-1" ? null : readBulk(cursor, Number(line));
    case "*":
      return line === "-1" ? null : readArray(cursor, Number(line));
    default:
      throw new Error(`Redis answers ${JSON.stringify(text.slice(at, lineEnd))}`);
  }
}

function readBulk(cursor: Cursor, length: number): string | undefined {
  const start = cursor.at;
  if (cursor.text.length < start + length + 2) return undefined;
  cursor.at = start + length + 2;
  return cursor.text.slice(start, start + length);
}

function readArray(cursor: Cursor, length: number): Reply[] | undefined {
  const replies: Reply[] = [];
  for (let i = 0; i < length; i++) {
    const reply = readReply(cursor);
    if (reply === undefined) return undefined;
    replies.push(reply);
  }
  return replies;
}
