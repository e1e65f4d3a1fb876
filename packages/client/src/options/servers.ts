import { SingyeongError } from "../errors.ts";

/** Where a server is, and as whom to connect where its text says so. */
export interface Server {
  /** An IPv6 address stands in brackets. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** `null` where the text names none; the same goes for what follows. */
  readonly application: string | null;
  readonly password: string | null;
  readonly encoding: "json" | "msgpack" | null;
  /** `host:port`, for people: never with the password. */
  readonly name: string;
  /** Where its WebSocket is, without the query string that names an encoding. */
  readonly wsUrl: string;
  /** What the paths of its HTTP side are appended to. */
  readonly httpUrl: string;
}

/** What a bare address means: the port on which a server listens unless told otherwise. */
const defaultPort = 4567;
const socketPath = "/gateway/websocket";

/**
 * Reads where a server is: a DSN (`singyeong://app:password@host:port?encoding=msgpack`, `ssingyeong://` for TLS; the
 * application may be left out here) or an address (`host`, `host:port`, `[::1]:4567`, `ws://…`, `wss://…`, `http://…`,
 * `https://…`, each with `app:password@` where that is wanted). The port of a bare address is 4567 unless given; with a scheme it is 80, and 443 under TLS. Messages
 * never show a password.
 * @throws `client/invalid-options`
 */
export function readServer(text: string = `localhost:${defaultPort}`): Server {
  const [, scheme = "", rest] = /^(?:(s?singyeong|wss?|https?):\/\/)?(.*)$/s.exec(text.trim())!;
  const address = `http://${rest}`;
  if (!URL.canParse(address)) throw invalid("expected singyeong://app:password@host:port, or host:port");
  const { username, password, hostname: host, port: given, pathname, searchParams, hash } = new URL(address);
  if (hash !== "" || (pathname !== "/" && pathname.replace(/\/$/, "") !== socketPath)) {
    throw invalid("no path may follow the host");
  }
  const encoding = searchParams.get("encoding");
  if (!isEncoding(encoding)) throw invalid(`encoding is json or msgpack, not ${encoding}`);
  const tls = /^(ss|wss|https)/.test(scheme);
  // A URL does not tell the port that goes without saying from none.
  const port = Number(given || (/:0*80(\/|\?|$)/.test(rest!) ? 80 : scheme === "" ? defaultPort : tls ? 443 : 80));
  if (port === 0) throw invalid("port 0 is not between 1 and 65535");
  const name = `${host}:${port}`;
  const letter = tls ? "s" : "";
  try {
    return {
      host,
      port,
      tls,
      application: decodeURIComponent(username) || null,
      password: decodeURIComponent(password) || null,
      encoding,
      name,
      wsUrl: `ws${letter}://${name}${socketPath}`,
      httpUrl: `http${letter}://${name}`,
    };
  } catch {
    throw invalid("a % is not followed by two hexadecimal digits of UTF-8");
  }
}

/** Whether a client speaks an encoding, or names none. */
export function isEncoding(encoding: string | null): encoding is Server["encoding"] {
  return encoding === null || encoding === "json" || encoding === "msgpack";
}

/** The error of an option that makes no sense. */
export const invalid = (message: string): SingyeongError => new SingyeongError("client/invalid-options", message);
