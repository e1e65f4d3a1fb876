/**
 * A peer's address as text in its shortest form: IPv4 where it is one, also when the system reports it mapped into IPv6
 * (`::ffff:127.0.0.1`, or written out in full as some listeners do).
 */
export function normalizeAddress(text: string): string {
  const mapped = /^(?:::ffff:|(?:0000:){5}ffff:)(.+)$/i.exec(text)?.[1];
  if (mapped === undefined) return text.includes(":") ? shorten(text) : text;
  if (mapped.includes(".")) return mapped;
  const [high, low] = mapped.split(":").map((group) => Number.parseInt(group, 16));
  return high === undefined || low === undefined ? text : `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** An IPv6 address as URLs have it; other text as it is. */
function shorten(text: string): string {
  return URL.canParse(`http://[${text}]/`) ? new URL(`http://[${text}]/`).hostname.slice(1, -1) : text;
}

/** True for addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127\./.test(host);
}

/** True for addresses that stand for all of this machine's: `0.0.0.0` and `::`, however long it is written. */
export function isEverywhere(host: string): boolean {
  return host === "0.0.0.0" || /^[0:]*:[0:]*$/.test(host);
}

/** Where this machine reaches a server that listens on `host`, as it is written in a URL: IPv6 in brackets. */
export function reachableHost(host: string): string {
  if (isEverywhere(host)) return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
