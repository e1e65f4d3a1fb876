import { readServer } from "@singyeong/client";

/** Where a server's port is. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** What to do about text that is no address. */
export const addressAdvice = "Write host:port, https://… or singyeong://app@host:port.";

/** Reads what `--server` takes, as the client does; `null` for what is no address. */
export function parseAddress(server: string): Address | null {
  try {
    const { host, port, tls } = readServer(server);
    return { host: host.replace(/^\[(.*)\]$/, "$1"), port, tls };
  } catch {
    return null;
  }
}

/** Whether an address is this machine itself. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
