import { createHash, timingSafeEqual } from "node:crypto";
import type { Authenticator } from "../../ports/authenticator.ts";

/**
 * One password for everyone, as in v1. With none set, HTTP is open to all and a client that sends a password all
 * the same is restricted: it expects protection that is not there.
 */
export function createPasswordAuthenticator(password: string | null): Authenticator {
  if (password === null) {
    return { identify: (given) => (given === null ? "full" : "restricted"), authorize: () => true };
  }
  const expected = digest(password);
  const matches = (given: string | null): boolean => given !== null && timingSafeEqual(digest(given), expected);
  return { identify: (given) => (matches(given) ? "full" : "restricted"), authorize: matches };
}

/** Hashing first makes the comparison take as long for any length and content. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
