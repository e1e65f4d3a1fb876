import type { HeaderList } from "../ports/listener.ts";
import { findHeader } from "./headers.ts";

/** A request, as a redirect goes by it and changes it. */
export interface Redirectable {
  readonly method: string;
  readonly url: URL;
  readonly headers: HeaderList;
  readonly body: Uint8Array | null;
}

const following: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** What describes a body, and goes with it. */
const ofBody: ReadonlySet<string> = new Set([
  "content-type",
  "content-encoding",
  "content-language",
  "content-location",
]);
/** What is for one origin and no other. */
const secret: ReadonlySet<string> = new Set(["authorization", "cookie"]);

/**
 * Where an answer leads to, as clients follow it (Fetch, 4.4): 303 asks anew by GET, as 301 and 302 do of a POST; what is
 * secret does not go to another origin. `null` where it leads nowhere.
 */
export function redirectOf(status: number, answered: HeaderList, request: Redirectable): Redirectable | null {
  const location = following.has(status) ? findHeader(answered, "location") : undefined;
  if (location === undefined || !URL.canParse(location, request.url.href)) return null;
  const url = new URL(location, request.url);
  url.hash = "";
  const { method } = request;
  const becomesGet = status === 303 ? method !== "HEAD" && method !== "GET" : status < 303 && method === "POST";
  const staysHome = url.origin === request.url.origin;
  const headers = request.headers.filter(
    ([name]) => !((becomesGet && ofBody.has(name)) || (!staysHome && secret.has(name))),
  );
  return { method: becomesGet ? "GET" : method, url, headers, body: becomesGet ? null : request.body };
}
