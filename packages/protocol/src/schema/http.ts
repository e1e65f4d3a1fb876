/** Bodies of the HTTP interface, by route (docs/protocol/http.md). */
import { Type } from "typebox";
import { ClientInfo } from "./metadata.ts";
import { Query } from "./query.ts";
import { AnyValue, nullable } from "./value.ts";

/** `GET /api/version`. */
export const VersionBody = Type.Object({ singyeong: Type.String(), api: Type.Literal("v1") });

/** `POST /api/v1/query` takes a query. */
export const QueryRequest = Query;
/** … and answers with the clients that match. */
export const QueryResponse = Type.Array(ClientInfo);

/** `POST /api/v1/explain` takes a query and answers why each candidate matched or did not. */
export const ExplainResponse = Type.Object({
  considered: Type.Integer(),
  matched: Type.Integer(),
  choices: Type.Integer(),
  chosen: Type.Array(Type.Object({ app_id: Type.String(), client_id: Type.String() })),
  fallback: Type.Boolean(),
  truncated: Type.Boolean(),
  candidates: Type.Array(
    Type.Object({
      app_id: Type.String(),
      client_id: Type.String(),
      matched: Type.Boolean(),
      reason: Type.Optional(Type.String()),
      ops: Type.Array(
        Type.Object({
          at: Type.String(),
          op: Type.String(),
          path: Type.Optional(Type.String()),
          outcome: Type.Union([Type.Literal("true"), Type.Literal("false"), Type.Literal("unknown")]),
          message: Type.String(),
          actual: Type.Optional(AnyValue),
        }),
      ),
    }),
  ),
});

/** `GET /api/v1/discovery/tags?q=["a","b"]`. */
export const TagsResponse = Type.Object({ status: Type.Literal("ok"), result: Type.Array(Type.String()) });

const HeaderValue = Type.Union([Type.String(), Type.Array(Type.String())]);
/** `POST /api/v1/proxy`. */
export const ProxyRequest = Type.Object({
  method: Type.String(),
  route: Type.String(),
  headers: Type.Optional(nullable(Type.Record(Type.String(), HeaderValue))),
  body: Type.Optional(AnyValue),
  query: Query,
});
/** A target that could not be reached: 400. */
export const ProxyFailure = Type.Object({ errors: Type.Array(Type.String()), code: Type.String() });
/** A proxy request with a field missing: 400. */
export const ProxyFieldErrors = Type.Record(Type.String(), Type.Array(Type.String()));

/** 401, exactly. */
export const UnauthorizedBody = Type.Object({
  status: Type.Literal("error"),
  error: Type.Literal("not authorized"),
});
/** 404, exactly. */
export const NotFoundBody = Type.Object({ code: Type.Literal(404), error: Type.Literal("not found") });
/** Any other error. */
export const ErrorBody = Type.Object({ error: Type.String(), code: Type.String(), extra_info: AnyValue });
