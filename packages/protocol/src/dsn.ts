import type { Encoding } from "./codec/codec.ts";

/** Where a server is and as whom to connect. */
export interface Dsn {
  readonly application: string;
  /** `null` where the DSN has none, or an empty one. */
  readonly password: string | null;
  readonly host: string;
  readonly port: number;
  /** True for `ssingyeong://`. */
  readonly tls: boolean;
  readonly encoding: Encoding;
}

export type DsnResult = { readonly ok: true; readonly dsn: Dsn } | { readonly ok: false; readonly message: string };

const shape = /^(s?singyeong):\/\/([^/?#]*)\/?(?:\?([^#]*))?$/;
const encodings: readonly string[] = ["json", "msgpack", "etf"];

/**
 * Reads `singyeong://app[:password]@host[:port][/][?encoding=…]` (`ssingyeong://` for TLS). The port is 80 where it
 * is absent, 443 under TLS; application and password are percent-decoded.
 */
export function parseDsn(text: string): DsnResult {
  const [, scheme, authority, query] = shape.exec(text) ?? [];
  if (scheme === undefined || authority === undefined) {
    return fault("expected singyeong://app[:password]@host[:port], or ssingyeong:// for TLS");
  }
  const tls = scheme === "ssingyeong";
  const at = authority.lastIndexOf("@");
  if (at < 1) return fault("the application is missing: singyeong://app@host");
  const [, rawApplication, rawPassword] = /^([^:]*)(?::(.*))?$/.exec(authority.slice(0, at))!;
  const application = percentDecode(rawApplication!);
  const password = percentDecode(rawPassword ?? "");
  if (application === null || password === null) return fault("a % is not followed by two hexadecimal digits of UTF-8");
  if (application === "") return fault("the application is missing: singyeong://app@host");
  const [, host, port] = /^(\[[\da-fA-F:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(authority.slice(at + 1)) ?? [];
  if (host === undefined) return fault("the host is missing or malformed");
  const portNumber = port === undefined ? (tls ? 443 : 80) : Number(port);
  if (portNumber < 1 || portNumber > 65_535) return fault(`port ${port} is not between 1 and 65535`);
  const encoding = new URLSearchParams(query).get("encoding") ?? "json";
  if (!encodings.includes(encoding)) return fault(`encoding "${encoding}" is none of json, msgpack, etf`);
  const dsn = { application, password: password || null, host, port: portNumber, tls, encoding: encoding as Encoding };
  return { ok: true, dsn };
}

/** The inverse of {@link parseDsn}; the port and the encoding are left out where they are the default. */
export function formatDsn(dsn: Dsn): string {
  const password = dsn.password === null ? "" : `:${encodeURIComponent(dsn.password)}`;
  const port = dsn.port === (dsn.tls ? 443 : 80) ? "" : `:${dsn.port}`;
  const query = dsn.encoding === "json" ? "" : `?encoding=${dsn.encoding}`;
  return `${dsn.tls ? "s" : ""}singyeong://${encodeURIComponent(dsn.application)}${password}@${dsn.host}${port}${query}`;
}

function percentDecode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

const fault = (message: string): DsnResult => ({ ok: false, message });
