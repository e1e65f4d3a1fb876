import { Type } from "typebox";

/** Any JSON value: a payload, a metadata value, a constant of a query. */
export const AnyValue = Type.Unknown();

/** An application or client id: at most 256 bytes, no spaces. */
export const Id = Type.String({ minLength: 1, maxLength: 256, pattern: "^[^ ]+$" });

/** A nonce: whatever the sender chose, usually text. It comes back as it went. */
export const Nonce = Type.Unknown();

/** Text to text, delivered beside the payload. */
export const Headers = Type.Record(Type.String(), Type.String());

/** A value or null; both mean what they say, and a key may also be left out. */
export const nullable = <T extends import("typebox").TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
