import { Type } from "typebox";
import type { Audit } from "../ports/audit.ts";
import type { ServerTracer } from "../trace/create-tracer.ts";
import { type Hop, maxWatches, type Watch } from "../trace/recorder.ts";
import { isTraceId } from "../trace/traceparent.ts";
import { audited, noting } from "./audited.ts";
import type { BodyLimits } from "./body.ts";
import { createBodyShape, refuseField } from "./body-shape.ts";
import { httpError, json, type Route } from "./route.ts";

const idRule = "32 hexadecimal digits in lower case, not all of them 0";
const traceIds = Type.Union([Type.String(), Type.Null()]);
const request = createBodyShape(Type.Object({ trace_id: Type.Optional(traceIds) }), { trace_id: idRule });

/** The HTTP interface to traces that are followed: for administrators. */
export function traceRoutes(tracer: ServerTracer, audit: Audit, limits: BodyLimits): readonly Route[] {
  return [watchRoute(tracer, audit, limits), traceRoute(tracer)];
}

/** `POST /api/v1/trace`: follows a trace from now on, a new one where none is named. */
function watchRoute(tracer: ServerTracer, audit: Audit, limits: BodyLimits): Route {
  return audited(audit, "trace.watch", (_params, { trace_id }) => (trace_id as string) ?? null, {
    method: "POST",
    path: "/api/v1/trace",
    open: false,
    admin: true,
    async answer(exchange) {
      const body = await request.read(exchange, limits);
      if (!body.ok) return body.response;
      const traceId = body.value.trace_id ?? null;
      if (traceId !== null && !isTraceId(traceId)) return refuseField("trace_id", `trace_id is ${idRule}`).response;
      const watch = tracer.watch(traceId);
      const noted = { trace_id: watch?.traceId ?? traceId };
      if (watch === null) return noting(httpError("trace/too-many", { max: maxWatches }), noted);
      return noting(json(200, { trace_id: watch.traceId, expires_ms: watch.expiresMs }), noted);
    },
  });
}

/** `GET /api/v1/trace/:id`: what was seen of it. */
function traceRoute(tracer: ServerTracer): Route {
  return {
    method: "GET",
    path: "/api/v1/trace/:id",
    open: false,
    admin: true,
    answer(_exchange, { id = "" }) {
      const watch = tracer.find(id);
      return watch === null ? httpError("http/not-found", { trace_id: id }) : json(200, describe(watch));
    },
  };
}

function describe({ traceId, expiresMs, hops, dropped }: Watch) {
  return { trace_id: traceId, expires_ms: expiresMs, dropped, hops: hops.map(describeHop) };
}

function describeHop({ name, kind, spanId, parentId, atMs, durationMs, client, code, detail }: Hop) {
  return {
    name,
    kind,
    span_id: spanId,
    parent_id: parentId,
    at_ms: atMs,
    duration_ms: durationMs,
    client: client === null ? null : { app_id: client.application, client_id: client.id },
    code,
    detail,
  };
}
