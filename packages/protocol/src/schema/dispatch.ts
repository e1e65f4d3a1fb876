/** Dispatches (op 4) of v1 and of its extensions, by direction. */
import { Type } from "typebox";
import { Delivered, toClient, toServer } from "./envelope.ts";
import { ClientInfo, Metadata } from "./metadata.ts";
import { Query } from "./query.ts";
import { AnyValue, Headers, Nonce, nullable } from "./value.ts";

const Message = Type.Object({
  target: Query,
  nonce: Type.Optional(Nonce),
  payload: AnyValue,
  headers: Type.Optional(nullable(Headers)),
  /** Of clients with `receipt` alone, and with a nonce: asks for {@link Dispatched}. */
  receipt: Type.Optional(nullable(Type.Boolean())),
});
const ClientRef = Type.Object({ app: Type.String(), client_id: Type.String() });
export const UpdateMetadata = toServer("UPDATE_METADATA", Metadata);
export const Send = toServer("SEND", Message);
export const Broadcast = toServer("BROADCAST", Message);
export const QueryNodes = toServer("QUERY_NODES", Query);
export const SendDelivery = toClient("SEND", Delivered(AnyValue));
export const BroadcastDelivery = toClient("BROADCAST", Delivered(AnyValue));
export const QueryNodesResult = toClient(
  "QUERY_NODES",
  Type.Object({ nodes: Type.Array(ClientInfo), nonce: Type.Optional(Nonce) }),
);
export const ClientConnected = toClient("CLIENT_CONNECTED", Delivered(ClientRef));
export const ClientDisconnected = toClient("CLIENT_DISCONNECTED", Delivered(ClientRef));

/** Extension `receipt`: a message has been handed to `count` clients. */
export const Dispatched = toClient("DISPATCHED", Type.Object({ nonce: Nonce, count: Type.Integer({ minimum: 0 }) }));
/** Extension `receipt`: an update of metadata is in force. */
export const MetadataUpdated = toClient("METADATA_UPDATED", Type.Object({ nonce: Nonce }));
