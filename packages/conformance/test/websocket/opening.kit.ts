import { createHash, randomBytes } from "node:crypto";

/** What an opening request says where it is not the usual; a header that is `null` is left out. */
export interface Opening {
  /** @default "GET" */
  readonly method?: string;
  /** @default "/gateway/websocket" */
  readonly path?: string;
  /** @default "HTTP/1.1" */
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string | null>>;
}

/** The head of an answer to an opening request. */
export interface OpeningAnswer {
  readonly status: number;
  /** By lower-case name; repeated ones are joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
}

/** A key as §4.1 wants it: 16 random bytes in base64. */
export function freshKey(): string {
  return randomBytes(16).toString("base64");
}

/** What a server answers to a key (§4.2.2). */
export function acceptOf(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

export function openingRequest(key: string, opening: Opening = {}): string {
  const { method = "GET", path = "/gateway/websocket", version = "HTTP/1.1" } = opening;
  const headers: Record<string, string | null> = {
    Host: "127.0.0.1",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": key,
    "Sec-WebSocket-Version": "13",
    ...opening.headers,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return `${method} ${path} ${version}\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`;
}

/** The head at the start of `data` and what follows it; `null` where it is not whole yet. */
export function readAnswer(data: Buffer): { readonly answer: OpeningAnswer; readonly rest: Buffer } | null {
  const end = data.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const [first = "", ...lines] = data.toString("latin1", 0, end).split("\r\n");
  const status = /^HTTP\/1\.1 (\d{3})(?: |$)/.exec(first)?.[1];
  if (status === undefined) throw new Error(`no answer to an opening request begins with ${JSON.stringify(first)}`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
  }
  return { answer: { status: Number(status), headers }, rest: data.subarray(end + 4) };
}
