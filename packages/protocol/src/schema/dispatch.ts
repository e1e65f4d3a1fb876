/** Dispatches (op 4) of v1 and of its extensions, by direction. */
import { type TSchema, Type } from "typebox";
import { ClientInfo, Metadata } from "./metadata.ts";
import { Query } from "./query.ts";
import { AnyValue, Headers, Nonce, nullable } from "./value.ts";

const toServer = <T extends string, D extends TSchema>(t: T, d: D) =>
  Type.Object({
    op: Type.Literal(4),
    t: Type.Literal(t),
    d,
    ts: Type.Optional(AnyValue),
    /** Of clients with `receipt` alone: what the answer is known by (docs/protocol/receipt.md). */
    nonce: Type.Optional(Nonce),
  });
const toClient = <T extends string, D extends TSchema>(t: T, d: D) =>
  Type.Object({ op: Type.Literal(4), t: Type.Literal(t), d, ts: Type.Integer({ minimum: 0 }) });

const Message = Type.Object({
  target: Query,
  nonce: Type.Optional(Nonce),
  payload: AnyValue,
  headers: Type.Optional(nullable(Headers)),
  /** Of clients with `receipt` alone, and with a nonce: asks for {@link Dispatched}. */
  receipt: Type.Optional(nullable(Type.Boolean())),
});
const Delivered = <P extends TSchema>(payload: P) =>
  Type.Object({ nonce: Nonce, payload, target: Type.Null(), headers: Type.Optional(Headers) });
const ClientRef = Type.Object({ app: Type.String(), client_id: Type.String() });
const QueueRef = Type.Object({ queue: Type.String({ minLength: 1 }) });

export const UpdateMetadata = toServer("UPDATE_METADATA", Metadata);
export const Send = toServer("SEND", Message);
export const Broadcast = toServer("BROADCAST", Message);
export const QueryNodes = toServer("QUERY_NODES", Query);
export const Queue = toServer(
  "QUEUE",
  Type.Object({
    queue: Type.String({ minLength: 1 }),
    target: Query,
    nonce: Type.Optional(Nonce),
    payload: AnyValue,
    headers: Type.Optional(nullable(Headers)),
  }),
);
export const QueueRequest = toServer(
  "QUEUE_REQUEST",
  Type.Object({ queue: Type.String({ minLength: 1 }), count: Type.Optional(Type.Integer({ minimum: 1 })) }),
);
export const QueueRequestCancel = toServer("QUEUE_REQUEST_CANCEL", QueueRef);
export const QueueAck = toServer("QUEUE_ACK", Type.Object({ queue: Type.String(), id: Type.String() }));

export const SendDelivery = toClient("SEND", Delivered(AnyValue));
export const BroadcastDelivery = toClient("BROADCAST", Delivered(AnyValue));
export const QueryNodesResult = toClient(
  "QUERY_NODES",
  Type.Object({ nodes: Type.Array(ClientInfo), nonce: Type.Optional(Nonce) }),
);
export const QueueConfirm = toClient(
  "QUEUE_CONFIRM",
  Type.Object({ queue: Type.String(), id: Type.String(), nonce: Nonce }),
);
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
export const ClientConnected = toClient("CLIENT_CONNECTED", Delivered(ClientRef));
export const ClientDisconnected = toClient("CLIENT_DISCONNECTED", Delivered(ClientRef));

/** Extension `receipt`: a message has been handed to `count` clients. */
export const Dispatched = toClient("DISPATCHED", Type.Object({ nonce: Nonce, count: Type.Integer({ minimum: 0 }) }));
/** Extension `receipt`: an update of metadata is in force. */
export const MetadataUpdated = toClient("METADATA_UPDATED", Type.Object({ nonce: Nonce }));
