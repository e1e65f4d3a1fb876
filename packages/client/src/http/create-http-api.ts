import { quiet } from "../messaging/quiet.ts";
import { readServer } from "../options/servers.ts";
import type { HttpApi, HttpOptions } from "./http.ts";

/**
 * The HTTP side of a server, without a connection. What does the work is loaded with the first call, so that those who
 * only connect need not carry it.
 *
 * ```ts
 * const { query, proxy } = createHttpApi({ server: "singyeong://:secret@localhost:4567" });
 * ```
 * @throws `client/invalid-options`
 */
export function createHttpApi(options: HttpOptions = {}): HttpApi {
  const server = readServer(options.server);
  const auth = (options.auth ?? server.password) || null;
  const late = <T>(call: (api: HttpApi) => Promise<T>): Promise<T> =>
    quiet(import("./http-calls.ts").then((calls) => call(calls.createHttpCalls(server, auth, options.fetch))));
  return {
    query: (...args) => late((api) => api.query(...args)) as never,
    explain: (...args) => late((api) => api.explain(...args)),
    discover: (...args) => late((api) => api.discover(...args)),
    version: (...args) => late((api) => api.version(...args)),
    proxy: (target) => (input, init) => late((api) => api.proxy(target)(input, init)),
  };
}
