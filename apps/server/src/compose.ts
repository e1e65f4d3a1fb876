import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { combineAuthenticators } from "./access/combined-authenticator.ts";
import { createAuditFile } from "./adapters/audit-file/audit-file.ts";
import { createAuditLog } from "./adapters/audit-file/audit-log.ts";
import { createPasswordAuthenticator } from "./adapters/auth-password/auth-password.ts";
import { createLoneCluster } from "./adapters/cluster-none/cluster-none.ts";
import { createPinoLogger } from "./adapters/logger-pino/logger-pino.ts";
import { createPrometheusMetrics } from "./adapters/metrics-prometheus/metrics-prometheus.ts";
import { createMemoryQueueStore } from "./adapters/queue-memory/queue-memory.ts";
import { systemClock } from "./adapters/system/clock.ts";
import { systemRandom } from "./adapters/system/random.ts";
import { commands } from "./commands/table.ts";
import type { Config } from "./config/schema.ts";
import { authenticateEvent } from "./gateway/authenticate.ts";
import type { Audit } from "./ports/audit.ts";
import type { Authenticator } from "./ports/authenticator.ts";
import type { Clock } from "./ports/clock.ts";
import type { Dialer } from "./ports/dialer.ts";
import type { Hooks } from "./ports/hooks.ts";
import type { CreateListener } from "./ports/listener.ts";
import type { Logger } from "./ports/logger.ts";
import type { Metrics } from "./ports/metrics.ts";
import type { QueueStore } from "./ports/queue-store.ts";
import type { SpanSink } from "./ports/tracer.ts";
import { createServer, type Server, type ServerPorts } from "./server.ts";
import { version } from "./version.ts";

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
  const clock = overrides.clock ?? systemClock;
  const metrics = overrides.metrics ?? createPrometheusMetrics();
  const hooks = overrides.hooks ?? (await loadPlugins(config, { clock, logger, metrics }));
  return createServer(config, {
    ...overrides,
    ...(hooks !== null && { hooks }),
    clock,
    random,
    logger,
    cluster: overrides.cluster ?? createLoneCluster(Buffer.from(random.bytes(6)).toString("hex")),
    metrics,
    audit: overrides.audit ?? createAudit(config, { clock, logger, metrics }),
    spans: overrides.spans ?? (await createSpanSink(config)),
    authenticator: overrides.authenticator ?? (await createAuthenticator(config, hooks, { clock, logger })),
    dialer: overrides.dialer ?? (await createDialer(config, clock)),
    queueStore: overrides.queueStore ?? (await createQueueStore(config)),
    createListener: overrides.createListener ?? (await loadListener(chooseListener(config), logger)),
  });
}

/** Passwords, and tokens where there are keys for them: what verifies those is loaded on demand. */
async function createAuthenticator(
  config: Config,
  hooks: Hooks | null,
  ports: { readonly clock: Clock; readonly logger: Logger },
): Promise<Authenticator> {
  const { auth, moreAuth, authFile, accounts, jwtKeys, jwksUrl, jwtIssuer, jwtAudience } = config;
  const hasTokens = jwtKeys !== "" || jwksUrl !== "";
  const isRequired = hasTokens || hooks?.judge != null;
  const passwords = createPasswordAuthenticator(
    { passwords: [auth, ...moreAuth], file: authFile, accounts, isRequired },
    ports,
  );
  if (!hasTokens) return passwords;
  const { createTokenAuthenticator } = await import("./adapters/auth-jwt/auth-jwt.ts");
  const options = { keysFile: jwtKeys, jwksUrl, issuer: jwtIssuer, audience: jwtAudience };
  return combineAuthenticators(passwords, createTokenAuthenticator(options, ports));
}

/** Plugins, where there may be any: without, nothing of them is loaded, and nothing is paid for. */
async function loadPlugins(
  { plugins, pluginFolder, pluginSettings, pluginDeadlineMs, maxDepth }: Config,
  ports: { readonly clock: Clock; readonly logger: Logger; readonly metrics: Metrics },
): Promise<Hooks | null> {
  const folder = pluginFolder === "" ? "" : resolve(pluginFolder);
  if (plugins.length === 0 && !(folder !== "" && existsSync(folder))) return null;
  const { createPlugins } = await import("./adapters/plugins/plugins.ts");
  return createPlugins({
    modules: plugins,
    folder,
    cwd: process.cwd(),
    settings: pluginSettings,
    deadlineMs: pluginDeadlineMs,
    maxDepth,
    builtInEvents: new Set([...commands.keys(), authenticateEvent]),
    ...ports,
  });
}

/** Where actions of administration are written down: in the log, unless there is a file for them. */
function createAudit(
  { auditFile }: Config,
  ports: { readonly clock: Clock; readonly logger: Logger; readonly metrics: Metrics },
): Audit {
  if (auditFile === "") return createAuditLog(ports.logger, ports.metrics);
  return createAuditFile({ path: resolve(auditFile), ...ports });
}

/** OpenTelemetry's API is loaded on demand. */
async function createSpanSink({ traces }: Config): Promise<SpanSink | null> {
  if (!traces) return null;
  const { createOpenTelemetrySink } = await import("./adapters/telemetry-otel/telemetry-otel.ts");
  return createOpenTelemetrySink(version);
}

/** The proxy's way out. Its library is large, and loaded here. */
async function createDialer({ proxyConnectMs }: Config, clock: Clock): Promise<Dialer> {
  const { createUndiciDialer } = await import("./adapters/dialer-undici/dialer-undici.ts");
  return createUndiciDialer({ connectMs: proxyConnectMs }, clock);
}

/** Where queues are. What keeps them on disk is loaded on demand, for it is native. */
async function createQueueStore({ queueStore, dataDir, maxDiskBytes }: Config): Promise<QueueStore> {
  if (queueStore === "memory") return createMemoryQueueStore({ maxBytes: maxDiskBytes });
  const { createLmdbQueueStore } = await import("./adapters/queue-lmdb/queue-lmdb.ts");
  return createLmdbQueueStore({ folder: resolve(dataDir), maxBytes: maxDiskBytes });
}

/** The native library neither asks clients for certificates nor reads PROXY headers safely: what is left to us is the other one. */
function chooseListener({ listener, tlsClientCa, proxyProtocol }: Config): Config["listener"] {
  return listener === "auto" && (tlsClientCa !== "" || proxyProtocol) ? "node" : listener;
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
