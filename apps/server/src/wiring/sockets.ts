import { queueCap } from "../commands/queue-fields.ts";
import { receiptCap } from "../commands/receipt.ts";
import { createReplies } from "../commands/replies.ts";
import { commands } from "../commands/table.ts";
import { topicCap } from "../commands/topic-fields.ts";
import { traceCommands } from "../commands/traced-commands.ts";
import type { Config } from "../config/schema.ts";
import { measureBacklog } from "../delivery/backlog-metrics.ts";
import { authCap, createAuthenticate } from "../gateway/authenticate.ts";
import { createGateway, type Gateway } from "../gateway/gateway.ts";
import { attendOutbox, observeByHooks } from "../gateway/hooking.ts";
import { createIdentify } from "../gateway/identify.ts";
import { createLifecycle, type Lifecycle } from "../gateway/lifecycle.ts";
import type { ServerDescription } from "../gateway/ready-body.ts";
import type { Turns } from "../gateway/turns.ts";
import type { Authenticator } from "../ports/authenticator.ts";
import type { Hooks } from "../ports/hooks.ts";
import { httpCap } from "../proxy/over-connection/http-servers.ts";
import { resumeCap } from "../resume/resumable-session.ts";
import { createResumeTable, type ResumeTable } from "../resume/resume-table.ts";
import type { ServerPorts } from "../server-ports.ts";
import { streamCap } from "../stream/streams.ts";
import type { Core } from "./core.ts";

/** What connections need beside the core. */
export interface SocketContext {
  readonly core: Core;
  readonly authenticator: Authenticator;
  /** What plugins do; `null` where there are none. */
  readonly hooks: Hooks | null;
  readonly isDraining: () => boolean;
}

/** The WebSocket side of a server. */
export interface Sockets {
  readonly gateway: Gateway;
  readonly lifecycle: Lifecycle;
  readonly resumes: ResumeTable;
}

/** Puts together what turns connections into clients, and their frames into commands. */
export function createSockets(config: Config, ports: ServerPorts, context: SocketContext): Sockets {
  const { clock, random, logger, metrics, cluster } = ports;
  const { core, authenticator, hooks, isDraining } = context;
  const { registry, wheel, errorTallies, tracer, away, departed, ...parts } = core;
  const resumes = createResumeTable({ wheel, random, metrics, limits: config, away, departed });
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
  const replies = createReplies(clock, errorTallies);
  const turns = (): Turns => gateway.turns;
  const attend = hooks === null ? null : attendOutbox(hooks, clock, logger, config);
  if (hooks !== null) observeByHooks(registry, hooks);
  const gateway: Gateway = createGateway({
    lifecycle,
    identify: createIdentify({
      ...config,
      registry,
      authenticator,
      lifecycle,
      resumes,
      turns,
      server: describeServer(config, cluster.node),
      attend,
    }),
    authenticate: createAuthenticate({ authenticator, lifecycle, replies, turns }),
    hooks,
    commands: traceCommands(commands, tracer),
    services: {
      ...parts,
      registry,
      replies,
      maxAnswerBytes: config.maxBacklogBytes,
    },
    clock,
    metrics,
    logger,
    limits: config,
    isDraining,
  });
  measureBacklog(metrics, lifecycle.sessions);
  return { gateway, lifecycle, resumes };
}

/** What clients with capabilities learn of a server. */
function describeServer(config: Config, node: string): ServerDescription {
  return {
    node,
    caps: new Set([receiptCap, queueCap, topicCap, streamCap, resumeCap, httpCap, authCap]),
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
}
