import type { ErrorCode } from "@singyeong/protocol";
import type { ProxyFailure } from "../proxy/http-proxy.ts";

/** What failures are called whose rows in the table of errors leave that to who finds them. */
const sentences: Partial<Record<ErrorCode, string>> = {
  "proxy/unreachable": "the target could not be reached",
  "proxy/bad-response": "the target gave no answer that can be passed on",
};

/** Reasons of v1 and of streams, in words; others say enough without their colon. */
const words: Readonly<Record<string, string>> = {
  ":econnrefused": "connection refused",
  ":econnreset": "connection reset",
  ":epipe": "connection reset",
  ":closed": "connection closed before the answer",
  ":connect_timeout": "no connection in time",
  ":etimedout": "no connection in time",
  ":timeout": "no answer in time, or no more of one",
  ":nxdomain": "its name has no address",
  ":ehostunreach": "no way to its host",
  ":enetunreach": "no way to its network",
  ":einval": "its address cannot be read",
  ":request-ended": "the request broke off",
  ":stream/peer-lost": "its connection broke",
  ":stream/rejected": "it takes no requests now",
  ":stream/too-many": "it has as many requests as it may have",
  ":limit/slow-consumer": "it reads too slowly",
};

/** What a failure is called, and what is to be told beside that: nothing twice. */
export function explain({ code, reason, message, target, client }: ProxyFailure, text: string | null) {
  const error = text ?? sentences[code] ?? reason;
  const told = message ?? words[reason] ?? reason.replace(/^:/, "");
  const details = {
    ...(told === error ? null : { message: told }),
    ...(target === undefined ? null : { target }),
    ...(client === undefined ? null : { client }),
  };
  return { error, details: Object.keys(details).length === 0 ? null : details };
}
