import type { HeaderPair } from "./response-messages.ts";

/** How a request begins ([SH-3]). */
export interface RequestHead {
  readonly method: string;
  /** With the query string. */
  readonly path: string;
  readonly headers: readonly HeaderPair[];
}

/** `null` for what is none. */
export function readHead(message: unknown): RequestHead | null {
  const { method, path, headers } = (message ?? {}) as { readonly [K in keyof RequestHead]?: unknown };
  if (typeof method !== "string" || typeof path !== "string" || !path.startsWith("/")) return null;
  return Array.isArray(headers) && headers.every(isPair) ? { method, path, headers } : null;
}

function isPair(pair: unknown): pair is HeaderPair {
  return Array.isArray(pair) && typeof pair[0] === "string" && typeof pair[1] === "string";
}
