/** Dispatches (op 4) of the extension `topic`, by direction (docs/protocol/topic.md). */
import { Type } from "typebox";
import { defaultMaxInFlight, maxInFlightLimit, maxPatterns, maxQueueMs, maxTopicBytes } from "../limits.ts";
import { toClient, toServer } from "./envelope.ts";
import { Query } from "./query.ts";
import { AnyValue, Headers, Nonce, nullable } from "./value.ts";

const Text = Type.String({ minLength: 1, maxLength: maxTopicBytes });
const Patterns = Type.Array(Text, { minItems: 1, maxItems: maxPatterns });

/** Makes the client a member of a group that gets what is published to some topics. */
export const Subscribe = toServer(
  "SUBSCRIBE",
  Type.Object({
    topics: Patterns,
    /** The application where absent. */
    group: Type.Optional(nullable(Text)),
    from: Type.Optional(nullable(Type.Enum(["latest", "earliest"], { default: "latest" }))),
    max_in_flight: Type.Optional(
      nullable(Type.Integer({ minimum: 1, maximum: maxInFlightLimit, default: defaultMaxInFlight })),
    ),
    ack_ms: Type.Optional(nullable(Type.Integer({ minimum: 100, maximum: maxQueueMs }))),
    ack: Type.Optional(nullable(Type.Enum(["explicit", "none"], { default: "explicit" }))),
  }),
);
export const Subscribed = toClient(
  "SUBSCRIBED",
  Type.Object({ topics: Type.Array(Type.String()), group: Type.String(), nonce: Nonce }),
);
/** The client gets no more of some patterns, in one group or in all. */
export const Unsubscribe = toServer(
  "UNSUBSCRIBE",
  Type.Object({ topics: Patterns, group: Type.Optional(nullable(Text)) }),
);
export const Unsubscribed = toClient(
  "UNSUBSCRIBED",
  Type.Object({ topics: Type.Array(Type.String()), group: nullable(Type.String()), nonce: Nonce }),
);

/** A message for one member of every group that has a pattern for the topic. */
export const Publish = toServer(
  "PUBLISH",
  Type.Object({
    topic: Text,
    payload: AnyValue,
    nonce: Type.Optional(Nonce),
    target: Type.Optional(nullable(Query)),
    headers: Type.Optional(nullable(Headers)),
    /** Answers to it are wanted, for `deadline_ms`. */
    reply: Type.Optional(nullable(Type.Boolean())),
    deadline_ms: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: maxQueueMs }))),
  }),
);
/** It is stored for `groups` groups. */
export const Published = toClient(
  "PUBLISHED",
  Type.Object({ nonce: Nonce, id: Type.String(), groups: Type.Integer({ minimum: 0 }) }),
);
/** A message for this member. */
export const EventDelivery = toClient(
  "EVENT",
  Type.Object({
    id: Type.String(),
    topic: Type.String(),
    group: Type.String(),
    attempt: Type.Integer({ minimum: 1 }),
    headers: Type.Optional(Headers),
    /** True where answers are wanted. */
    reply: Type.Optional(Type.Boolean()),
    payload: AnyValue,
  }),
);
/** The event is dealt with. */
export const Ack = toServer("ACK", Type.Object({ id: Type.String() }));
/** The event is not dealt with: again, to any member. */
export const Nack = toServer(
  "NACK",
  Type.Object({
    id: Type.String(),
    delay_ms: Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: maxQueueMs }))),
  }),
);
/** An answer to an event. */
export const Reply = toServer("REPLY", Type.Object({ id: Type.String(), payload: AnyValue }));
/** … as the publisher gets it, by the id and nonce of what it published. */
export const ReplyDelivery = toClient(
  "REPLY",
  Type.Object({ id: Type.String(), nonce: Nonce, group: Type.String(), payload: AnyValue }),
);
