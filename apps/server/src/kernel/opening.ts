import type { HeaderList } from "../ports/listener.ts";

/** 16 bytes in base64. */
const key = /^[+/0-9A-Za-z]{22}==$/;
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** The version that both listeners speak. */
export const webSocketVersion = "13";

/** The status that refuses a request to become a WebSocket (RFC 6455 §4.2.1); `null` where it is as it should be. Names are in lower case. */
export function refuseOpening(headers: HeaderList): 400 | 426 | null {
  const isUpgrade = words(headers, "upgrade").includes("websocket") && words(headers, "connection").includes("upgrade");
  if (!isUpgrade || !isOnly(headers, "sec-websocket-version", (value) => value === webSocketVersion)) return 426;
  const subprotocols = words(headers, "sec-websocket-protocol");
  return isOnly(headers, "sec-websocket-key", (value) => key.test(value)) &&
    subprotocols.every((word) => token.test(word))
    ? null
    : 400;
}

function values(headers: HeaderList, name: string): string[] {
  return headers.filter((header) => header[0] === name).map((header) => header[1].trim());
}

function words(headers: HeaderList, name: string): string[] {
  return values(headers, name).flatMap((value) => value.split(",").map((word) => word.trim().toLowerCase()));
}

function isOnly(headers: HeaderList, name: string, fits: (value: string) => boolean): boolean {
  const found = values(headers, name);
  return found.length === 1 && fits(found[0]!);
}
