import { formatJson, parseJson } from "../codec/json.ts";
import { SingyeongError } from "../errors.ts";
import { askToken } from "../options/ask-token.ts";
import type { Server } from "../options/servers.ts";
import { withDeadline } from "./deadline.ts";
import type { HttpCallOptions, HttpOptions } from "./http.ts";
import { readHttpFailure, type Secret, unreachable } from "./http-failure.ts";

/** A request to a server: whatever method and body, or else JSON that is posted; a GET where there is neither. */
export interface ServerRequest {
  readonly path: string;
  readonly json?: unknown;
  readonly method?: string;
  readonly headers?: Headers;
  readonly body?: RequestInit["body"];
  readonly redirect?: "manual";
}

/** One server, to send requests to. */
export interface ServerCaller {
  readonly server: Server;
  readonly secret: Secret;
  /** Sends a request and gives what came. @throws `client/unreachable`, or as `fetch` where the signal stops it */
  fetch(request: ServerRequest, signal: AbortSignal | null): Promise<Response>;
  /** Sends a request (POST where there is a body) and reads the JSON that answers it. @throws what the server says, else `client/…` */
  call(path: string, body: unknown, options: HttpCallOptions | undefined): Promise<unknown>;
}

/** `auth` is asked for each request where it is a function. */
export function createServerCaller(
  server: Server,
  auth: HttpOptions["auth"] | null,
  customFetch: HttpOptions["fetch"],
): ServerCaller {
  const secret = auth ? nameSecret(auth) : null;

  async function fetchFrom({ path, json, ...request }: ServerRequest, signal: AbortSignal | null): Promise<Response> {
    const { headers = new Headers(), body = null } = request;
    const given = typeof auth === "function" ? await askToken(auth) : auth;
    if (given) headers.set("authorization", `Bearer ${asHeader(given)}`);
    const init: RequestInit = { ...request, headers, body, signal };
    if (json !== undefined) {
      headers.set("content-type", "application/json");
      Object.assign(init, { method: "POST", body: formatJson(json) });
    } else if (body instanceof ReadableStream || isIterable(body)) {
      // Node.js keeps all of a body that it might have to send once more: it is told that it never has to.
      Object.assign(init, { duplex: "half", redirect: "error", window: null });
    }
    try {
      return await (customFetch ?? globalThis.fetch)(`${server.httpUrl}${path}`, init);
    } catch (error) {
      throw signal?.aborted ? error : (explainRedirect(error) ?? unreachable(server, error));
    }
  }

  return {
    server,
    secret,
    fetch: fetchFrom,
    call: (path, body, options = {}) =>
      withDeadline(options, async (signal) => {
        const response = await fetchFrom({ path, json: body }, signal);
        const text = await readText(response, server, signal);
        if (response.ok) return parseJson(text);
        throw readHttpFailure(response, parseLeniently(text), secret);
      }),
  };
}

/** Three parts of base64url are a token; what is asked for each time is one as well. */
function nameSecret(auth: NonNullable<HttpOptions["auth"]>): Secret {
  return typeof auth === "function" || /^[\w-]+(\.[\w-]+){2}$/.test(auth) ? "token" : "password";
}

async function readText(response: Response, server: Server, signal: AbortSignal): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw signal.aborted ? error : unreachable(server, error);
  }
}

/** JSON where it is some, else the text. */
export function parseLeniently(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/** A redirect is refused for a body that streamed alone. */
function explainRedirect(error: unknown): SingyeongError | null {
  const { message } = Object((error as Error).cause) as { readonly message?: unknown };
  if (message !== "unexpected redirect") return null;
  return new SingyeongError("client/unsupported", "a redirect was the answer to a body that was streamed");
}

/** Runtimes of servers take these as streams, too. */
function isIterable(body: RequestInit["body"]): boolean {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

/** Headers carry bytes, one a character; servers read passwords as UTF-8. */
function asHeader(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
