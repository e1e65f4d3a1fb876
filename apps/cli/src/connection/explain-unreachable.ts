/** What it means that no connection came about. */
export interface Explanation {
  /** In the place of the error's own message. */
  readonly message?: string;
  readonly advice: string;
}

/** The details of a `client/unreachable`, any of which may be missing. */
interface Details {
  readonly server?: unknown;
  /** What the system, or TLS, says. */
  readonly code?: unknown;
  readonly tls?: unknown;
  /** The status that answered instead of a WebSocket. */
  readonly status?: unknown;
}

const untrusted: ReadonlySet<string> = new Set([
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** What comes of a certificate that is missing on this side, as versions of TLS and of servers have it. */
const cut = /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|ERR_SSL_.*(CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE).*)$/;
const noTls = /^(EPROTO|ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG).*)$/;
const expired = /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/;

/** Explains the details of a `client/unreachable`; `null` where they say no more than that nobody answers. */
export function explainUnreachable(details: unknown): Explanation | null {
  const { server, code, tls, status } = Object(details) as Details;
  if (typeof status === "number") return explainStatus(status);
  if (typeof code !== "string") return null;
  if (tls !== true)
    return /^(ECONNRESET|UND_ERR_SOCKET|HPE_.*)$/.test(code)
      ? { advice: "What listens there is no singyeong server, or speaks TLS: try ssingyeong:// or https://." }
      : null;
  if (untrusted.has(code))
    return {
      message: `the certificate of ${server} is not trusted (${code})`,
      advice: "--ca FILE trusts the authority that signed it, in PEM; one that signed itself is its own authority.",
    };
  if (expired.test(code))
    return {
      message: `the certificate of ${server} is not valid now (${code})`,
      advice: "The server needs a new one, or the clock of this machine is wrong.",
    };
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return {
      message: `the certificate of ${server} is for another name (${code})`,
      advice: "Is it the right server? Then connect by a name that its certificate has.",
    };
  if (cut.test(code))
    return {
      message: `${server} ended the connection while TLS was set up (${code})`,
      advice:
        "The server may ask for a client certificate, which sg has none of: programs give theirs by the client's option tls.",
    };
  if (noTls.test(code))
    return {
      message: `${server} speaks no TLS (${code})`,
      advice: "Try without it: singyeong:// or http://.",
    };
  return null;
}

function explainStatus(status: number): Explanation {
  if (status === 503)
    return { advice: "The server has as many connections as it takes, or is shutting down: try later." };
  if (status === 403)
    return {
      advice:
        "The server allows not every origin, or not every encoding: its setting SINGYEONG_ORIGINS, or --encoding here.",
    };
  return { advice: "Something answers there, but offers no WebSocket: is it a singyeong server?" };
}
