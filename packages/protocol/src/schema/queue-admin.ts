/** Bodies of the HTTP interface to queues, by route (docs/protocol/queue-http.md). */
import { Type } from "typebox";
import { maxNamedIds } from "../limits.ts";
import { Query } from "./query.ts";
import { QueuedMessage } from "./queue.ts";
import { AnyValue, Headers, Nonce, nullable } from "./value.ts";

const Count = Type.Integer({ minimum: 0 });

/** A queue as `GET /api/v1/queues` lists it and `GET /api/v1/queues/:queue` shows it. */
export const QueueInfo = Type.Object({
  queue: Type.String(),
  ready: Count,
  leased: Count,
  delayed: Count,
  dead: Count,
  /** Of all its messages, as stored. */
  bytes: Count,
  /** Clients that ask for messages or hold some. */
  consumers: Count,
  /** Messages asked for and not yet given. */
  open_requests: Count,
  /** Age of the oldest of the messages that would go first, since it was pushed, in milliseconds; null where none is ready. */
  oldest_ms: nullable(Count),
  paused: Type.Boolean(),
});

/** Where a message stands. */
export const QueueMessageState = Type.Union([
  Type.Literal("ready"),
  Type.Literal("leased"),
  Type.Literal("delayed"),
  Type.Literal("dead"),
]);
/** Why a message is dead: too many attempts, its time to live over, refused by a consumer for good, or not to be read any more. */
export const QueueDeathCause = Type.Union([
  Type.Literal("attempts"),
  Type.Literal("expired"),
  Type.Literal("rejected"),
  Type.Literal("unreadable"),
]);

/** A message as the lists of a queue show it. Times are milliseconds since the epoch. */
export const QueueMessageInfo = Type.Object({
  queue: Type.String(),
  id: Type.String(),
  state: QueueMessageState,
  /** Deliveries so far. */
  attempt: Count,
  max_attempts: Count,
  priority: Count,
  pushed_ms: Count,
  /** leased: when the lease ends; delayed: when it becomes ready; dead: when it died; null where ready. */
  due_ms: nullable(Count),
  expires_ms: nullable(Count),
  cause: nullable(QueueDeathCause),
  /** Who has it; null where it is not leased. */
  holder: nullable(Type.Object({ app_id: Type.String(), client_id: Type.String() })),
  target: Query,
  /** That of who pushed it, where it is bound to one: nobody else gets the message. */
  namespace: Type.Optional(Type.String()),
  nonce: Nonce,
  headers: nullable(Headers),
  payload: AnyValue,
});

/** `GET /api/v1/queues?prefix=`. */
export const QueueList = Type.Object({ queues: Type.Array(QueueInfo) });
/** `POST /api/v1/queues/:queue/messages` … */
export const QueuePushRequest = Type.Object(QueuedMessage);
/** … answers once the message is stored. */
export const QueuePushResponse = Type.Object({ queue: Type.String(), id: Type.String() });
/** `GET /api/v1/queues/:queue/messages?state=&limit=&after=`: in the order they would be delivered, dead ones as they died. */
export const QueueMessageList = Type.Object({
  messages: Type.Array(QueueMessageInfo),
  /** What to ask for with `after` next; null where this was all. */
  next: nullable(Type.String()),
});
/** `POST /api/v1/queues/:queue/ack` and `/redrive`: which messages; `redrive` without `ids` takes all that are dead. */
export const QueueIdsRequest = Type.Object({
  ids: Type.Optional(Type.Array(Type.String(), { maxItems: maxNamedIds })),
});
/** `POST /api/v1/queues/:queue/purge`: which states; leased messages stay with those who hold them. */
export const QueuePurgeRequest = Type.Object({
  state: Type.Union([Type.Literal("ready"), Type.Literal("delayed"), Type.Literal("dead"), Type.Literal("all")]),
});
/** How many messages an operation has changed, durably. */
export const QueueCountResponse = Type.Object({ count: Count });
/** `POST /api/v1/backup`: a name of letters, digits, `.`, `_` and `-`; absent, one is made from the time. */
export const BackupRequest = Type.Object({
  name: Type.Optional(Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$" })),
});
/** The folder on the server's machine that holds the copy, and its size. */
export const BackupResponse = Type.Object({ path: Type.String(), bytes: Count });
