import { defaultPriority, maxAttemptsLimit, maxPriority, maxQueueMs, maxQueueNameBytes } from "@singyeong/protocol";
import { jsonCodec } from "@singyeong/protocol/codec";
import { QueuePushRequest } from "@singyeong/protocol/schema";
import { Type } from "typebox";
import type { Rights } from "../access/rights.ts";
import { readHeaders } from "../commands/headers.ts";
import type { Exchange } from "../ports/listener.ts";
import type { Tracer } from "../ports/tracer.ts";
import { startPush, tracePush } from "../queue/message-traces.ts";
import type { Push, PushOutcome, Queues } from "../queue/queues.ts";
import { groupPrefix, isGroupQueue } from "../queue/topic-lane.ts";
import { type BodyLimits, type Read, readFields } from "./body.ts";
import { createBodyShape, refuseField } from "./body-shape.ts";
import { answerRefusal, queuePath } from "./queue-path.ts";
import { httpError, json, type Response, type Route } from "./route.ts";

const wholeNumber = (from: number, to: number): string => `a whole number from ${from} to ${to}, or null`;
const idRule = `text of 1 to ${maxQueueNameBytes} bytes, or null`;

/** What is small and looked at; all else is handed on as it came. */
const options = createBodyShape(Type.Pick(QueuePushRequest, ["id", "delay_ms", "ttl_ms", "priority", "max_attempts"]), {
  id: idRule,
  delay_ms: wholeNumber(0, maxQueueMs),
  ttl_ms: wholeNumber(1, maxQueueMs),
  priority: wholeNumber(0, maxPriority),
  max_attempts: wholeNumber(1, maxAttemptsLimit),
});

const names = [...options.names, "target", "payload", "nonce", "headers"] as const;

/** `POST /api/v1/queues/:queue/messages`: stores a message, and answers once it is on disk. */
export function pushRoute(queues: Queues, tracer: Tracer, limits: BodyLimits): Route {
  const route = queuePath("POST", "/messages", async (queue, exchange, _params, { rights }) => {
    if (isGroupQueue(queue)) return refuseGroupQueue();
    const push = await readPush(queue, rights, exchange, limits);
    if (!push.ok) return push.response;
    const span = tracer.isOn ? startPush(tracer, push.value) : null;
    const store = span === null ? queues.push : tracePush(queues.push, span);
    const outcome = await new Promise<PushOutcome>((settled) => store(push.value, settled));
    return outcome.ok ? json(201, { queue, id: outcome.id }) : answerRefusal(outcome);
  });
  // Who may push is decided by queue and target.
  return { ...route, admin: false };
}

function refuseGroupQueue(): Response {
  return httpError("dispatch/invalid", {
    at: "/queue",
    message: `queues whose names begin with ${groupPrefix} are those of groups`,
  });
}

async function readPush(
  queue: string,
  rights: Rights | null,
  exchange: Exchange,
  limits: BodyLimits,
): Promise<Read<Push>> {
  const read = await readFields(exchange, limits, names);
  if (!read.ok) return read;
  const { target, payload, nonce, headers } = read.value;
  if (target === undefined) return refuseField("target", "target is missing; it is a query");
  if (payload === undefined) return refuseField("payload", "payload is missing");
  const decoded = options.decode(read.value);
  if (!decoded.ok) return decoded;
  const { id, delay_ms, ttl_ms, priority, max_attempts } = decoded.value;
  if (Buffer.byteLength(id ?? "") > maxQueueNameBytes) return refuseField("id", `id is ${idRule}`);
  const kept = headers === undefined ? undefined : readHeaders(jsonCodec, headers);
  if (kept === null) return refuseField("headers", "headers map text to text");
  const push: Push = {
    queue,
    rights,
    codec: jsonCodec,
    target,
    payload,
    nonce,
    headers: kept,
    id: id ?? null,
    delayMs: delay_ms ?? 0,
    ttlMs: ttl_ms ?? 0,
    priority: priority ?? defaultPriority,
    maxAttempts: max_attempts ?? null,
  };
  return { ok: true, value: push };
}
