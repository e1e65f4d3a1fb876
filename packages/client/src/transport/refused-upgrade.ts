import { SingyeongError } from "../errors.ts";

/** What a server answered an upgrade with, as `node:http` has it. */
export interface UpgradeAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What codes mean that servers refuse connections with, and statuses that come without one. */
const meanings: Readonly<Record<string, string>> = {
  "limit/connections": "too many connections",
  "server/draining": "shutting down",
  403: "origin or encoding not allowed",
  503: "too many connections, or shutting down",
};

/** The error of a connection that was refused before it was one: with the server's code where it gave one. */
export function refusedUpgrade(url: string, { statusCode: status, headers }: UpgradeAnswer): SingyeongError {
  const server = new URL(url).host;
  const said = `${headers["x-singyeong-error"]}`;
  const code = /^(auth|limit|server)\//.test(said) ? said : "client/unreachable";
  const meaning = meanings[code] ?? meanings[status] ?? "no WebSocket";
  const message = `cannot connect to ${server}: ${status}, ${meaning}`;
  return new SingyeongError(code, message, { details: { server, status } });
}

/** The error of a connection that failed while TLS was set up. */
export function failedTls(url: string, cause: Error & { readonly code?: unknown }): SingyeongError {
  const server = new URL(url).host;
  const message = `cannot connect to ${server}: ${cause.message}`;
  return new SingyeongError("client/unreachable", message, { cause, details: { server, code: cause.code, tls: true } });
}
