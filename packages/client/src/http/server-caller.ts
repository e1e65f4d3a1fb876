import { formatJson, parseJson } from "../codec/json.ts";
import type { Server } from "../options/servers.ts";
import { withDeadline } from "./deadline.ts";
import type { HttpCallOptions, HttpOptions } from "./http.ts";
import { readHttpFailure, unreachable } from "./http-failure.ts";

/** One server, to send requests to. */
export interface ServerCaller {
  readonly server: Server;
  readonly hasPassword: boolean;
  /** Sends a request (POST where there is a body) and gives what came. @throws `client/unreachable`, or as `fetch` where the signal stops it */
  fetch(path: string, body: unknown, signal: AbortSignal | null): Promise<Response>;
  /** Sends a request and reads the JSON that answers it. @throws what the server says, else `client/…` */
  call(path: string, body: unknown, options: HttpCallOptions | undefined): Promise<unknown>;
}

export function createServerCaller(
  server: Server,
  password: string | null,
  customFetch: HttpOptions["fetch"],
): ServerCaller {
  const authorization = password === null ? {} : { authorization: `Bearer ${asHeader(password)}` };

  async function fetchFrom(path: string, body: unknown, signal: AbortSignal | null): Promise<Response> {
    const url = `${server.httpUrl}${path}`;
    const init: RequestInit =
      body === undefined
        ? { headers: authorization, signal }
        : {
            method: "POST",
            headers: { ...authorization, "content-type": "application/json" },
            body: formatJson(body),
            signal,
          };
    try {
      return await (customFetch ?? globalThis.fetch)(url, init);
    } catch (error) {
      throw signal?.aborted ? error : unreachable(server.name, error);
    }
  }

  return {
    server,
    hasPassword: password !== null,
    fetch: fetchFrom,
    call: (path, body, options = {}) =>
      withDeadline(options, async (signal) => {
        const response = await fetchFrom(path, body, signal);
        const text = await readText(response, server.name, signal);
        if (response.ok) return parseJson(text);
        throw readHttpFailure(response.status, parseLeniently(text), password !== null);
      }),
  };
}

async function readText(response: Response, server: string, signal: AbortSignal): Promise<string> {
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

/** Headers carry bytes, one a character; servers read passwords as UTF-8. */
function asHeader(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
