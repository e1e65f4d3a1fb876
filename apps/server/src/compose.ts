import { createPasswordAuthenticator } from "./adapters/auth-password/auth-password.ts";
import { createLoneCluster } from "./adapters/cluster-none/cluster-none.ts";
import { createPinoLogger } from "./adapters/logger-pino/logger-pino.ts";
import { createPrometheusMetrics } from "./adapters/metrics-prometheus/metrics-prometheus.ts";
import { systemClock } from "./adapters/system/clock.ts";
import { systemRandom } from "./adapters/system/random.ts";
import type { Config } from "./config/schema.ts";
import type { CreateListener } from "./ports/listener.ts";
import type { Logger } from "./ports/logger.ts";
import { createServer, type Server } from "./server.ts";

/** Names adapters, and nothing else does: a server from its settings, ready to `listen`. */
export async function compose(config: Config): Promise<Server> {
  const logger = createPinoLogger(config.logLevel);
  const cluster = createLoneCluster(Buffer.from(systemRandom.bytes(6)).toString("hex"));
  return createServer(config, {
    clock: systemClock,
    random: systemRandom,
    logger,
    cluster,
    metrics: createPrometheusMetrics(),
    authenticator: createPasswordAuthenticator(config.auth || null),
    createListener: await loadListener(config.listener, logger),
  });
}

/**
 * Picks the listener. The native one is loaded on demand: where its binary does not fit the machine (musl, another
 * Node.js), `auto` takes the one that runs everywhere and says so, and `uws` rejects.
 */
async function loadListener(choice: Config["listener"], logger: Logger): Promise<CreateListener> {
  if (choice !== "node") {
    try {
      return (await import("./adapters/listener-uws/listener-uws.ts")).createUwsListener;
    } catch (error) {
      if (choice === "uws") throw error;
      logger.warn({ err: error }, "uWebSockets.js does not load here; the slower node listener takes over");
    }
  }
  return (await import("./adapters/listener-node/listener-node.ts")).createNodeListener;
}
