import type { Audit } from "../ports/audit.ts";
import type { Clock } from "../ports/clock.ts";
import type { Tracer } from "../ports/tracer.ts";
import type { Queues } from "../queue/queues.ts";
import { audited } from "./audited.ts";
import { backupRoute } from "./backup.ts";
import type { BodyLimits } from "./body.ts";
import { ackRoute, purgeRoute, redriveRoute } from "./queue-changes.ts";
import { pauseRoute, queueRoute, queuesRoute, resumeRoute } from "./queue-info.ts";
import { messageRoute, messagesRoute } from "./queue-messages.ts";
import { pushRoute } from "./queue-push.ts";
import type { Route } from "./route.ts";

export interface QueueRouteLimits extends BodyLimits {
  /** About how large an answer may become. */
  readonly maxBacklogBytes: number;
}

/** Bytes of the messages of one page: describing them holds everybody else up. */
const maxPageBytes = 1024 * 1024;

export interface QueueRoutesOptions {
  readonly queues: Queues;
  readonly tracer: Tracer;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly limits: QueueRouteLimits;
}

/** The HTTP interface to queues (docs/protocol/queue-http.md). */
export function queueRoutes({ queues, tracer, audit, clock, limits }: QueueRoutesOptions): readonly Route[] {
  const { admin } = queues;
  const changes = (action: string, route: Route): Route =>
    audited(audit, `queue.${action}`, ({ queue }) => queue ?? null, route);
  return [
    queuesRoute(admin, limits.maxBacklogBytes),
    queueRoute(admin),
    pushRoute(queues, tracer, limits),
    messagesRoute(admin, Math.min(limits.maxBacklogBytes, maxPageBytes)),
    messageRoute(admin),
    changes("ack", ackRoute(admin, limits)),
    changes("redrive", redriveRoute(admin, limits)),
    changes("purge", purgeRoute(admin, limits)),
    changes("pause", pauseRoute(admin, limits)),
    changes("resume", resumeRoute(admin, limits)),
    audited(audit, "backup", (_params, { name }) => (name as string) ?? null, backupRoute(admin, clock, limits)),
  ];
}
