import type { HookRequest, HookRoute, Hooks } from "../ports/hooks.ts";
import type { Exchange } from "../ports/listener.ts";
import { answerPlugin } from "./plugin-answer.ts";
import { httpError, json, notFound, type PathParams, type Response, type Route } from "./route.ts";

export interface PluginRouteOptions {
  readonly hooks: Hooks;
  readonly limits: { readonly maxFrameBytes: number };
  /** Origins whose pages may call; `"*"` is every one. */
  readonly origins: readonly string[];
}

/** `ANY /api/v1/plugin/…`: routes of plugins. */
export function pluginRoute({ hooks, limits, origins }: PluginRouteOptions): Route {
  const find = ({ method }: Exchange, params: PathParams): HookRoute | null =>
    hooks.findRoute(method, `/${params["*"] ?? ""}`);

  return {
    method: "*",
    path: "/api/v1/plugin/*",
    // Where nothing is, nobody is asked for a password either.
    open: (exchange, params) => find(exchange, params)?.open ?? true,
    async answer(exchange, params) {
      const route = find(exchange, params);
      if (route === null) return notFound();
      const body = await exchange.body(limits.maxFrameBytes);
      if (body === null) return httpError("http/body-too-large", { max_bytes: limits.maxFrameBytes });
      const answer = await route.answer(toHookRequest(exchange, `/${params["*"]}`, body));
      return answer.ok ? answerPlugin(exchange, answer, origins) : failed(answer.reason);
    },
  };
}

function failed(reason: string): Response {
  const code = "plugin/failed";
  return { ...json(500, { error: reason, code, extra_info: { reason, undo_errors: [] } }), code };
}

function toHookRequest(exchange: Exchange, path: string, body: Uint8Array): HookRequest {
  const controller = new AbortController();
  exchange.onGone(() => controller.abort(new DOMException("who asked has gone", "AbortError")));
  return {
    origin: originOf(exchange),
    method: exchange.method,
    path,
    query: exchange.query,
    peer: exchange.peer,
    headers: exchange.headers(),
    body,
    signal: controller.signal,
  };
}

/** A host and its port, as names and addresses are written. */
const host = /^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/;

function originOf(exchange: Exchange): string {
  const given = exchange.header("host") ?? "";
  const origin = `${exchange.secure ? "https" : "http"}://${host.test(given) ? given : "localhost"}`;
  return URL.canParse(origin) ? origin : "http://localhost";
}
