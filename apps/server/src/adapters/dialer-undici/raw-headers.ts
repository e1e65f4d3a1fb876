import type { HeaderList } from "../../ports/listener.ts";

/** Fields as undici takes them; it writes each character as one byte. */
export function writeRawHeaders(headers: HeaderList, length: number | null): string[] {
  const raw: string[] = [];
  for (const [name, value] of headers) raw.push(name, isAscii(value) ? value : Buffer.from(value).toString("latin1"));
  if (length !== null) raw.push("content-length", String(length));
  return raw;
}

/** Fields as undici gives them: names and values by turns. */
export function readRawHeaders(raw: readonly Buffer[]): HeaderList {
  const headers: (readonly [string, string])[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    headers.push([raw[i]!.toString("latin1").toLowerCase(), raw[i + 1]!.toString("utf8")]);
  }
  return headers;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 126) return false;
  return true;
}
