import { resolve } from "node:path";
import { createPasswordAuthenticator } from "./adapters/auth-password/auth-password.ts";
import { createLoneCluster } from "./adapters/cluster-none/cluster-none.ts";
import { createPinoLogger } from "./adapters/logger-pino/logger-pino.ts";
import { createPrometheusMetrics } from "./adapters/metrics-prometheus/metrics-prometheus.ts";
import { createMemoryQueueStore } from "./adapters/queue-memory/queue-memory.ts";
import { systemClock } from "./adapters/system/clock.ts";
import { systemRandom } from "./adapters/system/random.ts";
import type { Config } from "./config/schema.ts";
import type { CreateListener } from "./ports/listener.ts";
import type { Logger } from "./ports/logger.ts";
import type { QueueStore } from "./ports/queue-store.ts";
import { createServer, type Server, type ServerPorts } from "./server.ts";

export { createSteppedClock, type SteppedClock } from "./adapters/clock-stepped/clock-stepped.ts";
export { createPrometheusMetrics } from "./adapters/metrics-prometheus/metrics-prometheus.ts";
export { createMemoryQueueStore, type MemoryQueueStore } from "./adapters/queue-memory/queue-memory.ts";

/**
 * Names adapters, and nothing else does: a server from its settings, ready to `listen`. `overrides` take the place of
 * its ports, such as a clock that tests step.
 */
export async function compose(config: Config, overrides: Partial<ServerPorts> = {}): Promise<Server> {
  const logger = overrides.logger ?? createPinoLogger(config.logLevel);
  const random = overrides.random ?? systemRandom;
  return createServer(config, {
    ...overrides,
    clock: overrides.clock ?? systemClock,
    random,
    logger,
    cluster: overrides.cluster ?? createLoneCluster(Buffer.from(random.bytes(6)).toString("hex")),
    metrics: overrides.metrics ?? createPrometheusMetrics(),
    authenticator: overrides.authenticator ?? createPasswordAuthenticator(config.auth || null),
    queueStore: overrides.queueStore ?? (await createQueueStore(config)),
    createListener: overrides.createListener ?? (await loadListener(config.listener, logger)),
  });
}

/** Where queues are. What keeps them on disk is loaded on demand, for it is native. */
async function createQueueStore({ queueStore, dataDir, maxDiskBytes }: Config): Promise<QueueStore> {
  if (queueStore === "memory") return createMemoryQueueStore({ maxBytes: maxDiskBytes });
  const { createLmdbQueueStore } = await import("./adapters/queue-lmdb/queue-lmdb.ts");
  return createLmdbQueueStore({ folder: resolve(dataDir), maxBytes: maxDiskBytes });
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
