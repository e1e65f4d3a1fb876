import { type Static, Type } from "typebox";
import { AnyValue, nullable } from "./value.ts";

/** The types of metadata. Values inside lists and maps are untyped. */
export const MetadataType = Type.Union([
  Type.Literal("string"),
  Type.Literal("integer"),
  Type.Literal("float"),
  Type.Literal("version"),
  Type.Literal("list"),
  Type.Literal("boolean"),
  Type.Literal("map"),
]);
export type MetadataType = Static<typeof MetadataType>;

/** One typed value. */
export const MetadataEntry = Type.Object({ type: MetadataType, value: AnyValue });

/** Typed metadata by key; `null` in an update removes the key (ours). */
export const Metadata = Type.Record(Type.String(), nullable(MetadataEntry));
export type Metadata = Static<typeof Metadata>;

/** A client as queries over HTTP and QUERY_NODES list it. */
export const ClientInfo = Type.Object({
  app_id: Type.String(),
  client_id: Type.String(),
  metadata: Type.Record(Type.String(), AnyValue),
  metadata_types: Type.Record(Type.String(), MetadataType),
  socket_ip: nullable(Type.String()),
  queues: Type.Array(Type.String()),
});
export type ClientInfo = Static<typeof ClientInfo>;
