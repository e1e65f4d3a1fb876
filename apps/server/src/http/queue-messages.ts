import type { QueueMessageState } from "@singyeong/protocol/schema";
import type { Static } from "typebox";
import type { QueueAdmin } from "../queue/queues.ts";
import { answerRefusal, queueNotFound, queuePath } from "./queue-path.ts";
import { httpError, json, type Response, type Route } from "./route.ts";

/** Messages that a list holds unless `?limit=` says otherwise, and at most. */
const defaultListed = 100;
const maxListed = 1000;

type State = Static<typeof QueueMessageState>;
const states: ReadonlySet<string> = new Set<State>(["ready", "leased", "delayed", "dead"]);

/** `GET /api/v1/queues/:queue/messages?state=&limit=&after=`: messages in one state, a page at a time. */
export function messagesRoute(admin: QueueAdmin, maxBytes: number): Route {
  return queuePath("GET", "/messages", async (queue, { query }) => {
    const asked = new URLSearchParams(query);
    const state = asked.get("state") ?? "ready";
    if (!states.has(state)) return malformed(`state is one of ${[...states].join(", ")}`);
    const limit = readLimit(asked.get("limit"));
    if (limit === null) return malformed(`limit is a whole number from 1 to ${maxListed}`);
    const page = { state: state as State, limit, maxBytes, after: asked.get("after") };
    const list = await admin.messages(queue, page);
    if (list === null) return queueNotFound(queue);
    return "ok" in list ? answerRefusal(list) : json(200, { messages: list.messages, next: list.next });
  });
}

/** `GET /api/v1/queues/:queue/messages/:id`: one message, whatever its state. */
export function messageRoute(admin: QueueAdmin): Route {
  return queuePath("GET", "/messages/:id", async (queue, _exchange, params) => {
    const id = params.id!;
    const message = await admin.message(queue, id);
    if (message !== null) return json(200, message);
    return admin.info(queue) === null ? queueNotFound(queue) : httpError("queue/not-found", { queue, id });
  });
}

const malformed = (message: string): Response => httpError("http/malformed-query", { message });

function readLimit(text: string | null): number | null {
  if (text === null) return defaultListed;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= maxListed ? limit : null;
}
