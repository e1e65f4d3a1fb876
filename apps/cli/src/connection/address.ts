import { isIP } from "node:net";

/** Where a server's port is. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** What an address without a scheme is reached at. */
const ownPort = 4567;
const securePort = 443;
const webPort = 80;

/** What to do about text that is no address. */
export const addressAdvice = "Write host:port, https://… or singyeong://app@host:port.";

/** Reads what `--server` takes: a DSN, a URL, or `host[:port]`; `null` for what is none of these. */
export function parseAddress(server: string): Address | null {
  const [, scheme, rest] = /^(?:([a-z]+):\/\/)?(.*)$/s.exec(server) ?? [];
  if (scheme !== undefined && !/^(s?singyeong|wss?|https?)$/.test(scheme)) return null;
  const tls = scheme === "ssingyeong" || scheme === "wss" || scheme === "https";
  const authority = rest!.split(/[/?#]/, 1)[0]!.replace(/^.*@/s, "");
  const [, bracketed, plain, port] = /^(?:\[([\da-fA-F:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(authority) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || (bracketed !== undefined && isIP(bracketed) !== 6)) return null;
  const usual = scheme === undefined ? ownPort : tls ? securePort : webPort;
  const number = port === undefined ? usual : Number(port);
  return number >= 1 && number <= 65_535 ? { host, port: number, tls } : null;
}

/** Whether an address is this machine itself. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
