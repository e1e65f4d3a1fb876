import { SingyeongError } from "../errors.ts";

/** What gives a password or a token, each time it is needed. */
export type AskToken = () => string | Promise<string>;

/** Asks. @throws `client/auth-threw` where it throws, or gives no text */
export async function askToken(ask: AskToken): Promise<string> {
  let token: unknown;
  let cause: unknown;
  try {
    token = await ask();
  } catch (error) {
    cause = error;
  }
  if (typeof token === "string" && token) return token;
  throw new SingyeongError("client/auth-threw", `auth gave no token${cause ? `: ${cause}` : ""}`, { cause });
}
