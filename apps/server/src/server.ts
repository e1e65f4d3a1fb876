import { queueCap } from "./commands/queue-fields.ts";
import { receiptCap } from "./commands/receipt.ts";
import { createReplies } from "./commands/replies.ts";
import { commands } from "./commands/table.ts";
import { topicCap } from "./commands/topic-fields.ts";
import type { Config } from "./config/schema.ts";
import { createDelivery } from "./delivery/delivery.ts";
import { observeDelivery } from "./delivery/observed-delivery.ts";
import { announceClients } from "./gateway/client-updates.ts";
import { createErrorTallies } from "./gateway/error-tallies.ts";
import { createGateway } from "./gateway/gateway.ts";
import { createIdentify } from "./gateway/identify.ts";
import { createLifecycle } from "./gateway/lifecycle.ts";
import { discoveryRoute } from "./http/discovery.ts";
import { gatewayRoutes, rootRoute } from "./http/entry.ts";
import { healthRoute, metricsRoute, readyRoute, versionRoute } from "./http/health.ts";
import { createHttp } from "./http/http.ts";
import { explainRoute, queryRoute } from "./http/query.ts";
import { queueRoutes } from "./http/queue-routes.ts";
import { createTimerWheel } from "./kernel/timer-wheel.ts";
import type { Authenticator } from "./ports/authenticator.ts";
import type { Clock } from "./ports/clock.ts";
import type { Cluster } from "./ports/cluster.ts";
import type { CreateListener } from "./ports/listener.ts";
import type { Logger } from "./ports/logger.ts";
import type { Metrics } from "./ports/metrics.ts";
import type { Observer, RegisteredClient } from "./ports/observer.ts";
import type { QueueStore } from "./ports/queue-store.ts";
import type { Random } from "./ports/random.ts";
import { createQueues } from "./queue/broker.ts";
import type { RecoveryReport } from "./queue/queues.ts";
import type { Client } from "./registry/client.ts";
import { createRegistry } from "./registry/registry.ts";
import { resumeCap } from "./resume/resumable-session.ts";
import { createResumeTable } from "./resume/resume-table.ts";
import { createRouter } from "./router/router.ts";
import { createStreams } from "./stream/create-streams.ts";
import { streamCap } from "./stream/streams.ts";
import { createTopics } from "./topic/create-topics.ts";
import { version } from "./version.ts";

/** Everything a server needs from outside itself. */
export interface ServerPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly authenticator: Authenticator;
  readonly cluster: Cluster;
  readonly createListener: CreateListener;
  readonly queueStore: QueueStore;
  /** Told of what happens, for tests and tools. @default nobody */
  readonly observer?: Observer;
}

export interface Server {
  /** Reads queues back and opens the port; resolves with its number. @throws StoreError where the queues cannot be had */
  listen(): Promise<number>;
  /** What was read back of the queues; `null` before it listens. */
  readonly recovered: RecoveryReport | null;
  /**
   * Stops kindly: takes no new connections, says goodbye, waits for what is in flight up to `drainTimeoutMs`, then
   * closes the rest. Resolves when everything is closed; calling it again returns the same promise.
   */
  drain(reason: string): Promise<void>;
  /**
   * Stops as a crash would: every connection is cut without a goodbye, and what waits for its socket is lost. Also
   * ends a drain that is under way. Resolves when nothing listens any more.
   */
  kill(): Promise<void>;
  /** Who is registered now. */
  clients(): readonly RegisteredClient[];
  /** Open WebSocket connections, those included that have not identified. */
  readonly connections: number;
}

/** How often a drain looks whether it is done. */
const drainPollMs = 20;
/** A close code of which nobody resumes: that of an end that is going away. */
const killedCode = 1001;

/** Wires the layers together over the given ports. */
export function createServer(config: Config, ports: ServerPorts): Server {
  const { clock, random, logger, metrics, authenticator, cluster, observer } = ports;
  let draining: Promise<void> | null = null;
  let closing: Promise<void> | null = null;
  let recovered: RecoveryReport | null = null;
  const isDraining = (): boolean => draining !== null || closing !== null;

  const registry = createRegistry(random, config.metadataStrategy, config);
  const router = createRouter(registry, metrics);
  const plainDelivery = createDelivery(clock, metrics);
  const delivery = observer === undefined ? plainDelivery : observeDelivery(plainDelivery, observer);
  if (observer !== undefined)
    registry.observe({ joined: (client) => observer.joined(describeRegistered(client)), left() {}, changed() {} });
  announceClients(registry, delivery, isDraining);

  const errorTallies = createErrorTallies(metrics);
  const wheel = createTimerWheel({ clock, onError: (error) => logger.error({ err: error }, "a timer failed") });
  const queues = createQueues({
    store: ports.queueStore,
    registry,
    router,
    delivery,
    clock,
    metrics,
    logger,
    limits: config,
  });
  const topics = createTopics({ queues, registry, router, clock, wheel, random, metrics, limits: config });
  const streams = createStreams({ registry, router, clock, wheel, metrics, limits: config });
  const departed = (client: Client): void => {
    queues.release(client);
    topics.release(client);
    streams.release(client);
  };
  const resumes = createResumeTable({ wheel, random, metrics, limits: config, departed });
  const lifecycle = createLifecycle({
    registry,
    clock,
    wheel,
    times: config,
    metrics,
    errorTallies,
    logger,
    resumes,
    departed,
  });
  const description = {
    node: cluster.node,
    caps: new Set([receiptCap, queueCap, topicCap, streamCap, resumeCap]),
    resumeMs: config.resumeMs,
    limits: {
      max_frame: config.maxFrameBytes,
      max_depth: config.maxDepth,
      queue_lease_ms: config.queueLeaseMs,
      queue_retry_ms: config.queueRetryMs,
      queue_dedup_ms: config.queueDedupMs,
      topic_ack_ms: config.topicAckMs,
      stream_bytes: config.maxStreamBytes,
    },
  };
  const gateway = createGateway({
    lifecycle,
    identify: createIdentify({ registry, authenticator, lifecycle, resumes, server: description }),
    commands,
    services: {
      registry,
      router,
      delivery,
      queues,
      topics,
      streams,
      replies: createReplies(clock, errorTallies),
      maxAnswerBytes: config.maxBacklogBytes,
    },
    clock,
    metrics,
    logger,
    limits: config,
    isDraining,
  });
  const http = createHttp({
    routes: [
      rootRoute,
      ...gatewayRoutes,
      versionRoute(version),
      healthRoute,
      readyRoute(isDraining),
      metricsRoute(metrics),
      queryRoute(router, config),
      explainRoute(router, registry, config),
      discoveryRoute(registry, config),
      ...queueRoutes(queues, clock, config),
    ],
    authenticator,
    origins: config.origins,
    metrics,
    errorTallies,
    logger,
  });
  const slow = metrics.counter("singyeong_slow_consumers_total", "Connections cut because their backlog was full.");
  const listener = ports.createListener(
    { ...config, onSlowConsumer: () => slow.total++ },
    { ...gateway, request: http.handle },
  );

  function settled(): boolean {
    return lifecycle.sessions.size === 0 && http.inFlight === 0;
  }

  async function drain(reason: string): Promise<void> {
    logger.info({ connections: lifecycle.sessions.size }, "draining");
    listener.stopAccepting();
    for (const session of lifecycle.sessions) lifecycle.dismiss(session, reason);
    resumes.endAway();
    const deadline = clock.elapsed() + config.drainTimeoutMs;
    while (!settled() && clock.elapsed() < deadline) {
      await new Promise<void>((resolve) => void clock.after(drainPollMs, resolve));
    }
    if (!settled()) logger.warn({ connections: lifecycle.sessions.size }, "drain deadline passed; closing the rest");
    await close();
  }

  function close(stopQueues = queues.close): Promise<void> {
    closing ??= listener
      .close()
      .then(topics.stop)
      .then(stopQueues)
      .then(() => cluster.stop());
    return closing;
  }

  return {
    async listen() {
      await cluster.start({ joined: () => {}, left: () => {} });
      recovered = await queues.open();
      topics.open();
      return listener.listen();
    },
    drain: (reason) => (draining ??= drain(reason)),
    kill() {
      listener.stopAccepting();
      const closed = close(queues.kill);
      for (const session of lifecycle.sessions) lifecycle.forget(session, killedCode);
      resumes.endAway();
      return closed;
    },
    clients: () => Array.from(registry.all(), describeRegistered),
    get recovered() {
      return recovered;
    },
    get connections() {
      return lifecycle.sessions.size;
    },
  };
}

function describeRegistered({ application, id, attributes }: Client): RegisteredClient {
  const metadata = Object.fromEntries(Array.from(attributes, ([key, { value }]) => [key, value]));
  return { app: application, id, metadata };
}
