/** Who may do what (docs/protocol/auth.md): what tokens and accounts permit, and the events by which a token is renewed. */
import { type Static, Type } from "typebox";
import { toClient, toServer } from "./envelope.ts";

/** Names that are permitted: `*` stands for any run of characters. */
const Patterns = Type.Array(Type.String({ maxLength: 256 }), { maxItems: 1024 });

/**
 * What a client may do beyond heartbeats; what is left out is not bounded. In a token it is the claim `singyeong`.
 */
export const PermissionClaims = Type.Object(
  {
    /** The tenant: the client is of this namespace, and only sees and reaches clients of it. */
    namespace: Type.Optional(Type.String({ maxLength: 256 })),
    /** Applications that it may identify as. */
    identify: Type.Optional(Patterns),
    /** Applications that its queries may name: in messages, calls, jobs, publications, searches and proxied requests. */
    send: Type.Optional(Patterns),
    /** Queues that it may push to. */
    push: Type.Optional(Patterns),
    /** Queues that it may take from. */
    consume: Type.Optional(Patterns),
    /** Topics that it may publish to. */
    publish: Type.Optional(Patterns),
    /** Topics and patterns of them that it may subscribe to. */
    subscribe: Type.Optional(Patterns),
    /** Metadata keys that it may set. */
    metadata: Type.Optional(Patterns),
    /** Whether it may look into and change the server: queues over HTTP, metrics, traces, backups. Without any permissions it may, with some only by this. */
    admin: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type PermissionClaims = Static<typeof PermissionClaims>;

/** A new token for a connection that is open, before the old one ends. */
export const Authenticate = toServer(
  "AUTHENTICATE",
  Type.Object({ token: Type.String({ minLength: 1, maxLength: 16_384 }) }),
);
/** The new token is in force, for `expires_ms` more milliseconds; `null` is for good. */
export const Authenticated = toClient(
  "AUTHENTICATED",
  Type.Object({ expires_ms: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]) }),
);
