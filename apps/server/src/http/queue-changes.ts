import { maxNamedIds } from "@singyeong/protocol";
import { QueuePurgeRequest } from "@singyeong/protocol/schema";
import { Type } from "typebox";
import type { QueueAdmin } from "../queue/queues.ts";
import { noting } from "./audited.ts";
import type { BodyLimits } from "./body.ts";
import { createBodyShape } from "./body-shape.ts";
import { answerCount, queuePath } from "./queue-path.ts";
import type { Response, Route } from "./route.ts";

const Ids = Type.Array(Type.String(), { maxItems: maxNamedIds });
const idsRule = `a list of at most ${maxNamedIds} ids, each of them text`;
const someIds = createBodyShape(Type.Object({ ids: Ids }), { ids: idsRule });
const idsOrAll = createBodyShape(Type.Object({ ids: Type.Optional(Ids) }), { ids: idsRule });
const purge = createBodyShape(QueuePurgeRequest, { state: "one of ready, delayed, dead, all" });

/** `POST /api/v1/queues/:queue/ack`: removes messages, whoever holds them. */
export function ackRoute(admin: QueueAdmin, limits: BodyLimits): Route {
  return queuePath("POST", "/ack", async (queue, exchange) => {
    const body = await someIds.read(exchange, limits);
    if (!body.ok) return body.response;
    const { ids } = body.value;
    return noteCount(await admin.ack(queue, ids), queue, { ids: ids.length });
  });
}

/** `POST /api/v1/queues/:queue/redrive`: gives dead messages another life; all of them where none are named. */
export function redriveRoute(admin: QueueAdmin, limits: BodyLimits): Route {
  return queuePath("POST", "/redrive", async (queue, exchange) => {
    const body = await idsOrAll.read(exchange, limits);
    if (!body.ok) return body.response;
    const ids = body.value.ids ?? null;
    return noteCount(await admin.redrive(queue, ids), queue, { ids: ids === null ? "all" : ids.length });
  });
}

/** `POST /api/v1/queues/:queue/purge`: removes every message in a state. */
export function purgeRoute(admin: QueueAdmin, limits: BodyLimits): Route {
  return queuePath("POST", "/purge", async (queue, exchange) => {
    const body = await purge.read(exchange, limits);
    if (!body.ok) return body.response;
    const { state } = body.value;
    const states = state === "all" ? (["ready", "delayed", "dead"] as const) : [state];
    return noteCount(await admin.purge(queue, states), queue, { state });
  });
}

/** Answers how many messages were changed, and notes it with what was asked for. */
function noteCount(count: number | null, queue: string, asked: Readonly<Record<string, string | number>>): Response {
  return noting(answerCount(queue, count), { ...asked, count });
}
