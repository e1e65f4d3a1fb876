/** What the routes of one queue share: its name in the path, and how refusals and a store in trouble are answered. */
import { maxQueueNameBytes } from "@singyeong/protocol";
import { StoreError } from "../kernel/store-error.ts";
import type { Exchange } from "../ports/listener.ts";
import type { QueueRefusal } from "../queue/queues.ts";
import { groupPrefix, isGroupQueue } from "../queue/topic-lane.ts";
import { type Caller, httpError, json, type PathParams, type Response, type Route } from "./route.ts";

type Answer = (queue: string, exchange: Exchange, params: PathParams, caller: Caller) => Response | Promise<Response>;

/** Makes a route below `/api/v1/queues/:queue`, for administration. */
export function queuePath(method: Route["method"], below: string, answer: Answer): Route {
  return {
    method,
    path: `/api/v1/queues/:queue${below}`,
    open: false,
    admin: true,
    answer(exchange, params, caller) {
      const queue = params.queue!;
      if (Buffer.byteLength(queue) > longestName(queue)) return nameTooLong();
      return guardStore(() => answer(queue, exchange, params, caller));
    },
  };
}

/** The queue behind a group is named by more than the group. */
function longestName(queue: string): number {
  return maxQueueNameBytes + (isGroupQueue(queue) ? groupPrefix.length : 0);
}

const nameTooLong = (): Response =>
  httpError("http/malformed-query", { message: `the name of a queue has at most ${maxQueueNameBytes} bytes` });

/** Answers 503 where the store cannot do its work now; what is damaged is a fault of the server. */
export async function guardStore(answer: () => Response | Promise<Response>): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof StoreError) || error.fault === "damaged") throw error;
    if (error.fault === "taken" || error.fault === "unsupported") {
      return httpError(`backup/${error.fault}`, { message: error.message });
    }
    return httpError("queue/unavailable", { fault: error.fault, message: error.message });
  }
}

export function answerRefusal({ code, extraInfo }: QueueRefusal): Response {
  return httpError(code, extraInfo);
}

/** No such queue. */
export const queueNotFound = (queue: string): Response => httpError("queue/not-found", { queue });

/** How many messages were changed, or that there is no such queue. */
export function answerCount(queue: string, count: number | null): Response {
  return count === null ? queueNotFound(queue) : json(200, { count });
}
