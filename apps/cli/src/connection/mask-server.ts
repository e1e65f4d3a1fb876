/** What is shown in the place of a password. */
export const hidden = "********";

/**
 * An address without the password that it may hold, with a scheme or without. A password reaches from the first colon
 * behind the scheme to the last @ of all, also in text that is refused as an address: better too much hidden than a
 * password with a stray / or # shown.
 */
export function maskServer(server: string): string {
  const [scheme] = /^\s*(?:(?:s?singyeong|wss?|https?):\/\/)?/.exec(server)!;
  return scheme + server.slice(scheme.length).replace(/^([^:]*):.*@/s, `$1:${hidden}@`);
}
