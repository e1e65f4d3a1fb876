/** Dispatches (op 4) of queues, by direction (docs/protocol/queue.md): v1's, and those of the extension `queue2`. */
import { Type } from "typebox";
import {
  defaultPriority,
  maxAttemptsLimit,
  maxPriority,
  maxQueueMs,
  maxQueueNameBytes,
  maxRequestCount,
} from "../limits.ts";
import { Delivered, toClient, toServer } from "./envelope.ts";
import { Query } from "./query.ts";
import { AnyValue, Headers, Nonce, nullable } from "./value.ts";

const QueueName = Type.String({ minLength: 1, maxLength: maxQueueNameBytes });
const Milliseconds = Type.Integer({ minimum: 0, maximum: maxQueueMs });
const MessageRef = Type.Object({ queue: QueueName, id: Type.String() });

/** What a queued message consists of, over WebSocket and over HTTP. */
export const QueuedMessage = {
  target: Query,
  nonce: Type.Optional(Nonce),
  payload: AnyValue,
  headers: Type.Optional(nullable(Headers)),
  /** Of `queue2`, like all that follows: pushes of one id within the window are one message. */
  id: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: maxQueueNameBytes }))),
  delay_ms: Type.Optional(nullable(Milliseconds)),
  ttl_ms: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: maxQueueMs }))),
  priority: Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: maxPriority, default: defaultPriority }))),
  max_attempts: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: maxAttemptsLimit }))),
};

/** Puts a message into a queue. */
export const Queue = toServer("QUEUE", Type.Object({ queue: QueueName, ...QueuedMessage }));
/** Ready for `count` (1) more messages. */
export const QueueRequest = toServer(
  "QUEUE_REQUEST",
  Type.Object({
    queue: QueueName,
    count: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: maxRequestCount }))),
  }),
);
/** Takes every open request back. */
export const QueueRequestCancel = toServer("QUEUE_REQUEST_CANCEL", Type.Object({ queue: QueueName }));
/** The message is done with. */
export const QueueAck = toServer("QUEUE_ACK", MessageRef);
/** The message was not dealt with: again later, or never (`dead`). Of `queue2`. */
export const QueueNack = toServer(
  "QUEUE_NACK",
  Type.Object({
    queue: QueueName,
    id: Type.String(),
    delay_ms: Type.Optional(nullable(Milliseconds)),
    dead: Type.Optional(nullable(Type.Boolean())),
  }),
);
/** The lease ends `ms` from now instead. Of `queue2`. */
export const QueueExtend = toServer(
  "QUEUE_EXTEND",
  Type.Object({ queue: QueueName, id: Type.String(), ms: Type.Integer({ minimum: 1, maximum: maxQueueMs }) }),
);

/** The message is stored, durably. */
export const QueueConfirm = toClient(
  "QUEUE_CONFIRM",
  Type.Object({ queue: Type.String(), id: Type.String(), nonce: Nonce }),
);
/** A message, leased to its receiver. */
export const QueueDelivery = toClient(
  "QUEUE",
  Delivered(
    Type.Object({
      queue: Type.String(),
      id: Type.String(),
      payload: AnyValue,
      attempt: Type.Integer({ minimum: 1 }),
    }),
  ),
);

const Answer = Type.Object({ queue: Type.String(), id: Type.String(), nonce: Nonce });
/** Extension `receipt`: an acknowledgement or refusal of a message is stored, durably. */
export const QueueSettled = toClient("QUEUE_SETTLED", Answer);
/** Extension `receipt`: a lease runs longer. */
export const QueueExtended = toClient("QUEUE_EXTENDED", Answer);
