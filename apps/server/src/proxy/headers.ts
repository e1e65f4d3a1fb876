import type { HeaderList } from "../ports/listener.ts";

/** Fields between two ends of one connection (RFC 9110, 7.6.1); `connection` names more of them. */
const hopByHop: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);

/** Fields of requests that this server sets itself, or answers to. */
const ownOfRequests: ReadonlySet<string> = new Set([
  "content-length",
  "expect",
  "host",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
]);

/** Where the request came from, for `X-Forwarded-…`. */
export interface Origin {
  readonly peer: string;
  readonly secure: boolean;
  /** The `host` that was asked for. */
  readonly host: string | undefined;
}

/** A target's `authorization` travels under this name, for the plain one is this server's. */
const targetAuthorization = "x-singyeong-authorization";
const isOwn = (name: string): boolean => name.startsWith("x-singyeong-");

/**
 * What a target is sent of a request's fields: hop-by-hop fields and this server's own are left out, and where it came from
 * is added ([PX-30] to [PX-33]). `host` is not among them yet.
 */
export function requestHeaders(sent: HeaderList, origin: Origin, keepsAuthorization: boolean): HeaderList {
  const named = namedByConnection(sent);
  const given = findHeader(sent, targetAuthorization);
  const headers: (readonly [string, string])[] = [];
  let forwardedFor = "";
  let forwardedHost = "";
  let forwardedProto = "";
  for (const field of sent) {
    const [name, value] = field;
    if (name === "x-forwarded-for") forwardedFor = join(forwardedFor, value);
    else if (name === "x-forwarded-host") forwardedHost = join(forwardedHost, value);
    else if (name === "x-forwarded-proto") forwardedProto = join(forwardedProto, value);
    else if (name === "authorization" && (!keepsAuthorization || given !== undefined)) continue;
    else if (hopByHop.has(name) || ownOfRequests.has(name) || isOwn(name) || named?.has(name)) continue;
    else headers.push(field);
  }
  if (given !== undefined) headers.push(["authorization", given]);
  headers.push(["x-forwarded-for", append(forwardedFor, origin.peer)]);
  headers.push(["x-forwarded-proto", join(forwardedProto, origin.secure ? "https" : "http")]);
  if (origin.host !== undefined) headers.push(["x-forwarded-host", append(forwardedHost, origin.host)]);
  else if (forwardedHost !== "") headers.push(["x-forwarded-host", forwardedHost]);
  return headers;
}

/** What is passed on of an answer's fields. */
export function answerHeaders(came: HeaderList): HeaderList {
  const named = namedByConnection(came);
  return came.filter(([name]) => !(hopByHop.has(name) || name === "content-length" || isOwn(name) || named?.has(name)));
}

/** The length that a message's fields tell; `null` where they tell none. */
export function lengthOf(headers: HeaderList): number | null {
  for (const [name, value] of headers) if (name === "content-length") return Number(value);
  return null;
}

export function findHeader(headers: HeaderList, wanted: string): string | undefined {
  for (const [name, value] of headers) if (name === wanted) return value;
  return undefined;
}

/** The names that `connection` fields list; `null` where none is listed. */
function namedByConnection(headers: HeaderList): ReadonlySet<string> | null {
  let named: Set<string> | null = null;
  for (const [name, value] of headers) {
    if (name !== "connection" || value === "keep-alive" || value === "close") continue;
    named ??= new Set();
    for (const each of value.split(",")) named.add(each.trim().toLowerCase());
  }
  return named;
}

const join = (list: string, value: string): string => (list === "" ? value : `${list}, ${value}`);

/** Adds to a list, unless a proxy that is trusted has said so already. */
function append(list: string, value: string): string {
  return list === value || list.endsWith(`, ${value}`) ? list : join(list, value);
}
