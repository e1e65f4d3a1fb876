import { defaultPriority, maxAttemptsLimit, maxPriority, maxQueueMs, maxQueueNameBytes } from "@singyeong/protocol";
import type { Codec, Frame } from "@singyeong/protocol/codec";
import type { Push } from "../queue/queues.ts";
import type { Client } from "../registry/client.ts";
import { type Command, type Refusal, refuse } from "./command.ts";
import { readText, readValue, readWhole, refuseField } from "./fields.ts";
import { readHeaders } from "./headers.ts";
import { keptNonce, placeInFrame } from "./kept-nonce.ts";
import { hasQueueCap, readPlainQueueName } from "./queue-fields.ts";

/** `QUEUE`: stores a message; confirmed once it is on disk. */
export const queuePush: Command = {
  event: "QUEUE",
  allowRestricted: false,
  hasNonce: true,
  run({ queues, replies }, sender, frame) {
    const push = readPush(sender, frame);
    if ("kind" in push) return push;
    const { codec } = sender;
    const nonce = keptNonce(frame.field("nonce"));
    queues.push(push, (outcome) => {
      if (outcome.ok) {
        const fields = { queue: push.queue, id: outcome.id };
        return replies.answer(sender, "QUEUE_CONFIRM", codec.embed(fields, "nonce", nonce ?? codec.encode(null)));
      }
      const extraInfo = placeInFrame(outcome.extraInfo);
      replies.refuse(sender, outcome.code, extraInfo, nonce === null ? undefined : codec.decodeExact(nonce));
    });
    return null;
  },
};

function readPush(sender: Client, frame: Frame): Push | Refusal {
  const { codec } = sender;
  if (!frame.hasFields) {
    return refuse("dispatch/invalid", { at: "/d", message: "d is a map of queue, target, nonce and payload" });
  }
  const queue = readPlainQueueName(codec, frame);
  if (typeof queue !== "string") return queue;
  const target = frame.field("target");
  if (target === undefined) return refuseField("target", "target is missing");
  const payload = frame.field("payload");
  if (payload === undefined) return refuseField("payload", "payload is missing");
  const rawHeaders = frame.field("headers");
  const headers = rawHeaders === undefined ? undefined : readHeaders(codec, rawHeaders);
  if (headers === null) return refuseField("headers", "headers map text to text");
  const more = hasQueueCap(sender) ? readMore(codec, frame) : usual;
  if ("kind" in more) return more;
  const { id, delayMs, ttlMs, priority, maxAttempts } = more;
  const nonce = frame.field("nonce");
  return {
    queue,
    rights: sender.rights,
    codec,
    target,
    payload,
    nonce,
    headers,
    id,
    delayMs,
    ttlMs,
    priority,
    maxAttempts,
  };
}

type More = Pick<Push, "id" | "delayMs" | "ttlMs" | "priority" | "maxAttempts">;

const usual: More = { id: null, delayMs: 0, ttlMs: 0, priority: defaultPriority, maxAttempts: null };

/** What the extension `queue2` adds. */
function readMore(codec: Codec, frame: Frame): More | Refusal {
  const id = readText(codec, frame, "id");
  if (id === null && readValue(codec, frame, "id") !== null) {
    return refuseField("id", `id is text of 1 to ${maxQueueNameBytes} bytes`);
  }
  const delayMs = readWhole(codec, frame, "delay_ms", { min: 0, max: maxQueueMs }, 0);
  if (delayMs === null) return refuseField("delay_ms", `delay_ms is a whole number from 0 to ${maxQueueMs}`);
  const ttlMs = readWhole(codec, frame, "ttl_ms", { min: 1, max: maxQueueMs }, 0);
  if (ttlMs === null) return refuseField("ttl_ms", `ttl_ms is a whole number from 1 to ${maxQueueMs}`);
  const priority = readWhole(codec, frame, "priority", { min: 0, max: maxPriority }, defaultPriority);
  if (priority === null) return refuseField("priority", `priority is a whole number from 0 to ${maxPriority}`);
  const attempts = readWhole(codec, frame, "max_attempts", { min: 1, max: maxAttemptsLimit }, 0);
  if (attempts === null)
    return refuseField("max_attempts", `max_attempts is a whole number from 1 to ${maxAttemptsLimit}`);
  return { id, delayMs, ttlMs, priority, maxAttempts: attempts || null };
}
