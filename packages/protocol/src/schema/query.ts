import { type Static, Type } from "typebox";
import { AnyValue, nullable } from "./value.ts";

/** A flag: a boolean, or the text "true" or "false" from older clients. */
const Flag = Type.Union([Type.Boolean(), Type.String()]);

/**
 * A routing query (docs/protocol/query.md). The schema states the outer shape; ops are checked by the query parser,
 * which knows the shorthand and names the offending place.
 */
export const Query = Type.Object({
  application: Type.Optional(nullable(Type.Union([Type.String(), Type.Array(Type.String())]))),
  ops: Type.Optional(nullable(Type.Array(AnyValue))),
  restricted: Type.Optional(nullable(Flag)),
  optional: Type.Optional(nullable(Flag)),
  droppable: Type.Optional(nullable(Flag)),
  key: Type.Optional(nullable(Type.Union([Type.String(), Type.Number()]))),
  selector: Type.Optional(nullable(Type.Record(Type.String(), Type.String()))),
});
export type Query = Static<typeof Query>;
