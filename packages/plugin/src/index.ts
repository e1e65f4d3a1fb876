export type { AuthCall, AuthOutcome, Grant, Permissions, Refusal } from "./auth.ts";
export type { Deadlined, OwnCall, PassCall, UndoCall } from "./calls.ts";
export type { PluginClient } from "./client.ts";
export type {
  LoadContext,
  PluginContext,
  PluginCounter,
  PluginLogger,
  PluginMetrics,
  PluginQuery,
  PluginTimers,
} from "./context.ts";
export { definePlugin } from "./define-plugin.ts";
export {
  type Failure,
  fail,
  type Halt,
  halt,
  type Next,
  next,
  type OwnOutcome,
  type PassOutcome,
  type Reply,
} from "./outcome.ts";
export type { Loaded, OwnHandler, Plugin, StandardSchema } from "./plugin.ts";
export type { PluginRoute, RouteCall, RouteMethod } from "./route.ts";
export type { Awaitable, Value } from "./value.ts";
