import { STATUS_CODES } from "node:http";

/** The phrase behind a status number in a response's first line (RFC 9110 §15). */
export function reasonPhrase(status: number): string {
  return STATUS_CODES[status] ?? "Unknown";
}
