import type { ErrorCode, Retry } from "@singyeong/protocol";

/** Codes of the server's that another attempt may mend: an extract of the protocol's table, which is too large to carry. */
const retries: { readonly [code in ErrorCode]?: Retry } = {
  "identify/duplicate": "later",
  "identify/timeout": "reconnect",
  "heartbeat/missed": "reconnect",
  "route/no-match": "later",
  "server/internal": "reconnect",
  "server/draining": "reconnect",
};

/** What may be done about an error of the server. */
export function retryOf(code: string): Retry {
  return Object.hasOwn(retries, code) ? retries[code as ErrorCode]! : "never";
}
