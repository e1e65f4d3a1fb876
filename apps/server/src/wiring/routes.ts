import type { Config } from "../config/schema.ts";
import { discoveryRoute } from "../http/discovery.ts";
import { gatewayRoutes, rootRoute } from "../http/entry.ts";
import { healthRoute, metricsRoute, readyRoute, versionRoute } from "../http/health.ts";
import { pluginRoute } from "../http/plugin-routes.ts";
import { proxyDirectRoute } from "../http/proxy-direct.ts";
import { proxyPostRoute } from "../http/proxy-post.ts";
import { proxyTargetsRoute } from "../http/proxy-targets.ts";
import { explainRoute, queryRoute } from "../http/query.ts";
import { queueRoutes } from "../http/queue-routes.ts";
import type { Route } from "../http/route.ts";
import { traceRoutes } from "../http/trace-routes.ts";
import type { Hooks } from "../ports/hooks.ts";
import type { ServerPorts } from "../server-ports.ts";
import { version } from "../version.ts";
import type { Core } from "./core.ts";

/** What routes need beside the core. */
export interface RouteContext {
  readonly core: Core;
  readonly hooks: Hooks | null;
  readonly isDraining: () => boolean;
}

/** Every route of a server. */
export function createRoutes(config: Config, ports: ServerPorts, context: RouteContext): readonly Route[] {
  const { clock, metrics, audit } = ports;
  const { core, hooks, isDraining } = context;
  const { registry, router, queues, tracer, proxy } = core;
  const { origins } = config;
  return [
    rootRoute,
    ...gatewayRoutes,
    versionRoute(version),
    healthRoute,
    readyRoute({ isDraining, storeFault: queues.fault }),
    metricsRoute(metrics),
    queryRoute(router, config),
    explainRoute(router, registry, config),
    discoveryRoute(registry, config),
    ...queueRoutes({ queues, tracer, audit, clock, limits: config }),
    proxyPostRoute({ proxy, router, limits: config, origins }),
    proxyTargetsRoute(proxy),
    proxyDirectRoute({ proxy, router, limits: config, origins }),
    ...traceRoutes(tracer, audit, config),
    ...(hooks === null ? [] : [pluginRoute({ hooks, limits: config, origins })]),
  ];
}
