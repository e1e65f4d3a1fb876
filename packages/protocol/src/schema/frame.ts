/** Frames of v1 by op; `d` of dispatches is in `dispatch.ts`. */
import { type Static, type TSchema, Type } from "typebox";
import { maxNameLength, maxTagLength, maxTags } from "../limits.ts";
import { Metadata } from "./metadata.ts";
import { ResumeOutcome, ResumeRequest } from "./resume.ts";
import { AnyValue, Id, nullable } from "./value.ts";

/** A frame from the server: always all four keys. */
export const serverFrame = <Op extends number, D extends TSchema>(op: Op, d: D) =>
  Type.Object({ op: Type.Literal(op), d, ts: Type.Integer({ minimum: 0 }), t: Type.Null() });

/** A frame from a client: `ts` and `t` may be left out. */
export const clientFrame = <Op extends number, D extends TSchema>(op: Op, d: D) =>
  Type.Object({ op: Type.Literal(op), d, ts: Type.Optional(AnyValue), t: Type.Optional(AnyValue) });

const Name = Type.String({ maxLength: maxTagLength });

/** `d` of identify (op 1). */
export const IdentifyData = Type.Object({
  client_id: Id,
  application_id: Id,
  /** The server's password; null or empty is none. */
  auth: Type.Optional(nullable(Type.String())),
  /** Overrides the peer address as the proxy target: `host`, `host:port` or `http(s)://host[:port]`. */
  ip: Type.Optional(nullable(Type.String({ maxLength: maxNameLength }))),
  namespace: Type.Optional(nullable(Type.String({ maxLength: maxNameLength }))),
  metadata: Type.Optional(nullable(Metadata)),
  receive_client_updates: Type.Optional(nullable(Type.Boolean())),
  /** Registers the application for discovery. */
  tags: Type.Optional(nullable(Type.Array(Name, { maxItems: maxTags }))),
  /** The extensions that the client understands. */
  caps: Type.Optional(nullable(Type.Array(Name, { maxItems: maxTags }))),
  /** Of clients with `resume` alone. */
  resume: Type.Optional(nullable(ResumeRequest)),
});
export type IdentifyData = Static<typeof IdentifyData>;

const Failure = Type.Object({ error: Type.String(), extra_info: AnyValue, code: Type.String() });

export const Hello = serverFrame(0, Type.Object({ heartbeat_interval: Type.Integer({ minimum: 1 }) }));
export const Identify = clientFrame(1, IdentifyData);
export const Ready = serverFrame(
  2,
  Type.Object({
    client_id: Type.String(),
    restricted: Type.Boolean(),
    caps: Type.Optional(Type.Array(Type.String())),
    node: Type.Optional(Type.String()),
    limits: Type.Optional(Type.Record(Type.String(), Type.Integer())),
    ...ResumeOutcome,
  }),
);
export const Invalid = serverFrame(
  3,
  Type.Object({ error: Type.String(), extra_info: AnyValue, code: Type.String(), nonce: Type.Optional(AnyValue) }),
);
export const Heartbeat = Type.Object({
  op: Type.Literal(5),
  d: Type.Optional(nullable(Type.Object({ client_id: Type.Optional(AnyValue) }))),
});
export const HeartbeatAck = serverFrame(6, Type.Object({ client_id: Type.String() }));
export const Goodbye = serverFrame(7, Type.Object({ reason: Type.String() }));
export const Fatal = serverFrame(8, Failure);
