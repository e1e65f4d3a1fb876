/** Dispatches (op 4) of the extension `stream`, by direction (docs/protocol/stream.md). */
import { Type } from "typebox";
import { defaultCredit, maxCredit, maxMethodBytes, maxPayloadCodecBytes, maxQueueMs, maxWaitMs } from "../limits.ts";
import { toClient, toServer } from "./envelope.ts";
import { Query } from "./query.ts";
import { AnyValue, Headers, nullable } from "./value.ts";

const OpenerId = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const StreamId = Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });
const Method = Type.String({ minLength: 1, maxLength: maxMethodBytes });
const Credit = Type.Integer({ minimum: 0, maximum: maxCredit, default: defaultCredit });
const Message = {
  payload: Type.Optional(AnyValue),
  /** Nothing follows from this side. */
  end: Type.Optional(nullable(Type.Boolean())),
  headers: Type.Optional(nullable(Headers)),
};

/** Opens a stream with one client that `target` matches, or with the other end of the stream `via`. */
export const Call = toServer(
  "CALL",
  Type.Object({
    id: OpenerId,
    target: Type.Optional(nullable(Query)),
    via: Type.Optional(nullable(StreamId)),
    method: Method,
    ...Message,
    /** Messages that the callee may send before it gets more credit. */
    credit: Type.Optional(nullable(Credit)),
    deadline_ms: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: maxQueueMs }))),
    /** How long to wait for somebody to match. */
    wait_ms: Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: maxWaitMs }))),
    codec: Type.Optional(nullable(Type.String({ maxLength: maxPayloadCodecBytes }))),
  }),
);
/** The same as the callee gets it: `id` is negative, `from` is who calls. */
export const CallDelivery = toClient(
  "CALL",
  Type.Object({
    id: StreamId,
    method: Method,
    from: Type.Object({ app: Type.String(), client_id: Type.String() }),
    via: Type.Optional(StreamId),
    payload: Type.Optional(AnyValue),
    end: Type.Boolean(),
    headers: Type.Optional(Headers),
    credit: Credit,
    /** What is left of it. */
    deadline_ms: Type.Optional(Type.Integer({ minimum: 1 })),
    codec: Type.Optional(Type.String()),
  }),
);

/** A message of a stream, or its end on this side, or both. */
export const Data = toServer("DATA", Type.Object({ id: StreamId, ...Message }));
export const DataDelivery = toClient(
  "DATA",
  Type.Object({
    id: StreamId,
    payload: Type.Optional(AnyValue),
    end: Type.Optional(Type.Boolean()),
    headers: Type.Optional(Headers),
  }),
);

const CreditBody = Type.Object({ id: StreamId, n: Type.Integer({ minimum: 1, maximum: maxCredit }) });
/** `n` more messages may be sent to me. */
export const CreditGrant = toServer("CREDIT", CreditBody);
export const CreditDelivery = toClient("CREDIT", CreditBody);

/** Ends a stream for both: an error, a refusal, a cancellation. */
export const Abort = toServer(
  "ABORT",
  Type.Object({
    id: StreamId,
    code: Type.String({ minLength: 1, maxLength: maxMethodBytes }),
    message: Type.Optional(nullable(Type.String())),
    data: Type.Optional(AnyValue),
    /** Whether the call may have been carried out; true where absent. */
    delivered: Type.Optional(nullable(Type.Boolean())),
  }),
);
export const AbortDelivery = toClient(
  "ABORT",
  Type.Object({
    id: StreamId,
    code: Type.String(),
    message: Type.String(),
    delivered: Type.Boolean(),
    data: Type.Optional(AnyValue),
  }),
);
