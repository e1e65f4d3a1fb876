import type { Clock } from "../ports/clock.ts";
import type { Queues } from "../queue/queues.ts";
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

/** The HTTP interface to queues (docs/protocol/queue-http.md). */
export function queueRoutes(queues: Queues, clock: Clock, limits: QueueRouteLimits): readonly Route[] {
  const { admin } = queues;
  return [
    queuesRoute(admin, limits.maxBacklogBytes),
    queueRoute(admin),
    pushRoute(queues, limits),
    messagesRoute(admin, Math.min(limits.maxBacklogBytes, maxPageBytes)),
    messageRoute(admin),
    ackRoute(admin, limits),
    redriveRoute(admin, limits),
    purgeRoute(admin, limits),
    pauseRoute(admin, limits),
    resumeRoute(admin, limits),
    backupRoute(admin, clock, limits),
  ];
}
