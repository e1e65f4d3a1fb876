import { createThrottle } from "./access/throttle.ts";
import type { Config } from "./config/schema.ts";
import { createHookServer } from "./gateway/hook-server.ts";
import { authenticateBy } from "./gateway/hooking.ts";
import { createHttp } from "./http/http.ts";
import type { TlsFiles } from "./ports/listener.ts";
import type { RegisteredClient } from "./ports/observer.ts";
import type { RecoveryReport } from "./queue/queues.ts";
import type { ServerPorts } from "./server-ports.ts";
import { createCore } from "./wiring/core.ts";
import { describeRegistered } from "./wiring/describe-registered.ts";
import { createRoutes } from "./wiring/routes.ts";
import { createSockets } from "./wiring/sockets.ts";

export type { ServerPorts } from "./server-ports.ts";

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
  /** Reads certificates again, for new connections; where they cannot be used the old ones stay, and it is logged. */
  reload(): Promise<void>;
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
  const { clock, random, logger, metrics, cluster, audit } = ports;
  const hooks = ports.hooks ?? null;
  const authenticator = createThrottle(
    hooks === null ? ports.authenticator : authenticateBy(hooks, ports.authenticator),
    { attempts: config.authAttempts, clock, random, metrics },
  );
  let draining: Promise<void> | null = null;
  let closing: Promise<void> | null = null;
  let recovered: RecoveryReport | null = null;
  const isDraining = (): boolean => draining !== null || closing !== null;

  const core = createCore(config, ports, isDraining);
  const { registry, router, delivery, queues, topics } = core;
  const { gateway, lifecycle, resumes } = createSockets(config, ports, { core, authenticator, hooks, isDraining });
  const http = createHttp({
    routes: createRoutes(config, ports, { core, hooks, isDraining }),
    authenticator,
    origins: config.origins,
    clock,
    metrics,
    errorTallies: core.errorTallies,
    logger,
  });
  const slow = metrics.counter("singyeong_slow_consumers_total", "Connections cut because their backlog was full.");
  const dropped = metrics.counter("singyeong_frames_dropped_total", "Frames dropped because a backlog was full.");
  const refused = metrics.counter("singyeong_connections_refused_total", "Connections refused for maxConnections.");
  const overruns = metrics.counter(
    "singyeong_uploads_cut_total",
    "Connections cut for bodies that could not be held back.",
  );
  const listener = ports.createListener(
    {
      ...config,
      tls: readTls(config),
      onSlowConsumer: () => slow.total++,
      onDropped: () => dropped.total++,
      onRefused: () => refused.total++,
      onOverrun: () => overruns.total++,
    },
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
      .then(() => hooks?.stop())
      .then(topics.stop)
      .then(stopQueues)
      .then(() => cluster.stop())
      .then(ports.dialer.close)
      .then(audit.close);
    return closing;
  }

  return {
    async listen() {
      await cluster.start({ joined: () => {}, left: () => {} });
      recovered = await queues.open();
      topics.open();
      await hooks?.start(createHookServer(registry, router, delivery));
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
    async reload() {
      const note = (outcome: string): void =>
        audit.note({ actor: null, peer: null, action: "tls.reload", target: config.tlsCert || null, outcome });
      await listener.reloadTls().then(
        () => note("ok"),
        (error: unknown) => {
          logger.error({ err: error }, "certificates stay as they were");
          note("server/internal");
        },
      );
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

function readTls({ tlsCert, tlsKey, tlsClientCa }: Config): TlsFiles | null {
  return tlsCert === "" ? null : { cert: tlsCert, key: tlsKey, clientCa: tlsClientCa || null };
}
