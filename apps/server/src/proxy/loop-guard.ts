import type { HeaderList } from "../ports/listener.ts";

/** Notices requests that come back to the proxy which has passed them on. */
export interface LoopGuard {
  /** A request's fields with this proxy's `via` (RFC 9110, 7.6.3) behind those that are there; `null` where it is among them. */
  mark(headers: HeaderList): HeaderList | null;
}

/** A client may announce an address at which its requests come to this very server: they would go round until nothing is left. */
export function createLoopGuard(pseudonym: string): LoopGuard {
  const field = ["via", `1.1 ${pseudonym}`] as const;
  return {
    mark(headers) {
      for (const [name, value] of headers) if (name === "via" && value.includes(pseudonym)) return null;
      return [...headers, field];
    },
  };
}
