import type { Authenticator } from "../ports/authenticator.ts";
import { isTokenForm } from "./token-form.ts";

/** One authenticator of two: what has the form of a token is judged as one, anything else, and nothing, as a password. */
export function combineAuthenticators(passwords: Authenticator, tokens: Authenticator | null): Authenticator {
  if (tokens === null) return passwords;
  return {
    judge: (credentials) =>
      credentials.secret !== null && isTokenForm(credentials.secret)
        ? tokens.judge(credentials)
        : passwords.judge(credentials),
  };
}
