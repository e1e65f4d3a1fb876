/** Where plugins are put before what the server does by itself. */
import type { Authenticator } from "../ports/authenticator.ts";
import type { Clock } from "../ports/clock.ts";
import type { Hooks } from "../ports/hooks.ts";
import type { Logger } from "../ports/logger.ts";
import type { Outbox } from "../ports/outbox.ts";
import type { Client } from "../registry/client.ts";
import type { Registry } from "../registry/registry.ts";
import { toHookClient } from "./hook-client.ts";
import { createHookedOutbox } from "./hooked-outbox.ts";

/** Plugins that authenticate come before passwords and tokens, which judge what plugins leave to them. */
export function authenticateBy(hooks: Hooks, fallback: Authenticator): Authenticator {
  const { judge } = hooks;
  if (judge === null) return fallback;
  return {
    judge(credentials) {
      const verdict = judge(credentials);
      if (!(verdict instanceof Promise)) return verdict ?? fallback.judge(credentials);
      return verdict.then((late) => late ?? fallback.judge(credentials));
    },
  };
}

/** Has plugins look at what clients are sent, where one of them does. */
export function attendOutbox(
  hooks: Hooks,
  clock: Clock,
  logger: Logger,
  limits: { readonly maxBacklogBytes: number },
): (client: Client, outbox: Outbox) => Outbox {
  const onError = ({ id }: Client, error: unknown): void =>
    logger.error({ err: error, client: id }, "a dispatch could not be shown to plugins, and was not sent");
  return (client, outbox) =>
    hooks.seesOutgoing ? createHookedOutbox(client, outbox, { hooks, clock, limits, onError }) : outbox;
}

/** Tells plugins who comes, goes and changes. */
export function observeByHooks(registry: Registry, hooks: Hooks): void {
  registry.observe({
    joined: (client) => hooks.connected(toHookClient(client)),
    left: (client) => hooks.disconnected(toHookClient(client)),
    changed: (client) => hooks.changed(toHookClient(client)),
  });
}
