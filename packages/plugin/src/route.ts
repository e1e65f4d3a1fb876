import type { Deadlined } from "./calls.ts";
import type { PluginContext } from "./context.ts";
import type { Awaitable } from "./value.ts";

/** What a route knows beside its request. */
export interface RouteCall extends Deadlined {
  /** What stands in the path for each `:name`, percent-decoded; never empty, and never with a slash in it. */
  readonly params: Readonly<Record<string, string>>;
  /** The address of who asks. */
  readonly peer: string;
  /** Aborts when the handler has taken too long, and when who asks has gone. */
  readonly signal: AbortSignal;
}

/** Methods that a route may have; `*` is all of them. GET answers HEAD as well, where no route is for HEAD. */
export type RouteMethod = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "*";

/** A route of HTTP below `/api/v1/plugin`. */
export interface PluginRoute<Settings = unknown, State = unknown> {
  readonly method: RouteMethod;
  /**
   * Such as `/audit/:id`, which is served as `/api/v1/plugin/audit/:id`. A segment `:name` stands for any text but the empty
   * one; exact paths come before those with such segments. No two plugins may have the same.
   */
  readonly path: string;
  /** True where anybody may ask, without a password. @default false */
  readonly open?: boolean;
  /**
   * Answers. The request's body has been read, and is no larger than the server's `maxFrameBytes`; the response's may be a
   * stream. It has `pluginDeadlineMs` until it returns the response, and all the time it needs for the response's body.
   * What it throws is answered with 500 `plugin/failed`.
   */
  handle(request: Request, call: RouteCall, context: PluginContext<Settings, State>): Awaitable<Response>;
}
