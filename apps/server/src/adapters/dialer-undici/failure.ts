import type { Reach, TargetFailure } from "../../ports/dialer.ts";

/** Names that v1 gave to what its HTTP client reported; others are those of the system, in lower case. */
const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: ":nxdomain",
  UND_ERR_CONNECT_TIMEOUT: ":connect_timeout",
  UND_ERR_SOCKET: ":closed",
};

/** What the target sent is no HTTP, or breaks off in a way that shows it is not whole. */
const malformed = /^(?:HPE_.*|UND_ERR_(?:HEADERS_OVERFLOW|RES_CONTENT_LENGTH_MISMATCH))$/;

/** What an error of the library or the system means for a request that had come so far. */
export function describeFailure(error: Error & { readonly code?: string }, reach: Reach): TargetFailure {
  const code = error.code ?? "";
  const isMalformed = error.name === "HTTPParserError" || malformed.test(code);
  if (isMalformed || (reach === "answer" && code === "")) {
    return { code: "proxy/bad-response", reason: error.message, reach };
  }
  if (code === "UND_ERR_CONNECT_TIMEOUT") return { code: "proxy/timeout", reason: reasons[code]!, reach };
  const reason = reasons[code] ?? (code === "" ? error.message : `:${code.toLowerCase()}`);
  return { code: "proxy/unreachable", reason, reach };
}
