import { readAddress } from "./address.ts";

/** What a client announces as its address, or a redirect leads to: where its paths begin. */
export interface TargetBase {
  readonly secure: boolean;
  /** The host: an address in its canonical spelling, or a name in lower case. */
  readonly host: string;
  readonly isName: boolean;
  readonly port: number;
  /** Host and port, as a `host` header says them: without the port that the scheme implies. */
  readonly authority: string;
  /** `http://` or `https://`, host and port: what circuits and listings call a target. */
  readonly origin: string;
  /** What comes before every path; empty, or it begins with a slash and does not end with one. */
  readonly prefix: string;
}

const maxTextLength = 2048;

/**
 * Reads `host`, `host:port` or an `http(s)://` base. Odd spellings of addresses (`0x7f.1`, `2130706433`,
 * `[::ffff:127.0.0.1]`) come out as what they stand for. `null` where it is none of these ([PX-10]).
 */
export function readTargetBase(text: string): TargetBase | null {
  if (text.length > maxTextLength || !/^[\x21-\x7e]+$/.test(text)) return null;
  const address = readAddress(text);
  const host = address === null ? text : address.includes(":") ? `[${address}]` : address;
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(host);
  if (hasScheme && !/^https?:/i.test(host)) return null;
  const url = parseUrl(hasScheme ? host : `http://${host}`);
  if (url === null || url.search !== "" || url.hash !== "") return null;
  return describeBase(url, url.pathname.replace(/\/+$/, ""));
}

/** The base that a whole URL is at; `null` where nothing of it can be dialled. */
export function baseOfUrl(url: URL): TargetBase | null {
  return url.protocol === "http:" || url.protocol === "https:" ? describeBase(url, "") : null;
}

function describeBase(url: URL, prefix: string): TargetBase | null {
  if (url.username !== "" || url.password !== "" || url.hostname === "") return null;
  const secure = url.protocol === "https:";
  const address = readAddress(url.hostname);
  const host = address ?? url.hostname.replace(/\.$/, "");
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  if (port === 0 || host === "") return null;
  const shownHost = host.includes(":") ? `[${host}]` : host;
  const authority = url.port === "" ? shownHost : `${shownHost}:${port}`;
  const origin = `${url.protocol}//${shownHost}:${port}`;
  return { secure, host, isName: address === null, port, authority, origin, prefix };
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
