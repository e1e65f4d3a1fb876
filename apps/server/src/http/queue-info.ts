import type { QueueInfo } from "@singyeong/protocol/schema";
import { type Static, Type } from "typebox";
import type { QueueAdmin } from "../queue/queues.ts";
import type { BodyLimits } from "./body.ts";
import { createBodyShape } from "./body-shape.ts";
import { answerRefusal, queueNotFound, queuePath } from "./queue-path.ts";
import { httpError, json, type Route } from "./route.ts";

type Info = Static<typeof QueueInfo>;

/** About what a queue takes in a list beside its name, in bytes. */
const infoBytes = 256;

/** A body that says nothing. */
const nothing = createBodyShape(Type.Object({}), {});

/** `GET /api/v1/queues?prefix=`: all queues, or those whose names begin so; 413 where that is more than `maxBytes`. */
export function queuesRoute(admin: QueueAdmin, maxBytes: number): Route {
  return {
    method: "GET",
    path: "/api/v1/queues",
    open: false,
    admin: true,
    answer({ query }) {
      const queues = admin.list(new URLSearchParams(query).get("prefix") ?? "");
      const bytes = queues.reduce((sum, { queue }) => sum + infoBytes + Buffer.byteLength(queue), 0);
      return bytes > maxBytes ? httpError("query/answer-too-large", { max_bytes: maxBytes }) : json(200, { queues });
    },
  };
}

/** `GET /api/v1/queues/:queue`. */
export function queueRoute(admin: QueueAdmin): Route {
  return queuePath("GET", "", (queue) => {
    const info = admin.info(queue);
    return info === null ? queueNotFound(queue) : json(200, info);
  });
}

/** `POST /api/v1/queues/:queue/pause`: gives nothing out from now on. Makes the queue where there is none. */
export function pauseRoute(admin: QueueAdmin, limits: BodyLimits): Route {
  return queuePath("POST", "/pause", async (queue, exchange) => {
    const body = await nothing.read(exchange, limits);
    if (!body.ok) return body.response;
    const refused = await admin.pause(queue, true);
    if (refused !== null) return answerRefusal(refused);
    return json(200, admin.info(queue) ?? emptyQueue(queue, true));
  });
}

/** `POST /api/v1/queues/:queue/resume`: gives out again. */
export function resumeRoute(admin: QueueAdmin, limits: BodyLimits): Route {
  return queuePath("POST", "/resume", async (queue, exchange) => {
    const body = await nothing.read(exchange, limits);
    if (!body.ok) return body.response;
    if (admin.info(queue) === null) return queueNotFound(queue);
    await admin.pause(queue, false);
    return json(200, admin.info(queue) ?? emptyQueue(queue, false));
  });
}

/** A queue that went, being empty, before it could be described. */
function emptyQueue(queue: string, paused: boolean): Info {
  const counts = { ready: 0, leased: 0, delayed: 0, dead: 0, bytes: 0, consumers: 0, open_requests: 0 };
  return { queue, ...counts, oldest_ms: null, paused };
}
