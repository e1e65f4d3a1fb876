import { formatJson } from "../codec/json.ts";
import type { Query } from "../query/query.ts";
import type { ProxyRequest } from "./proxy-request.ts";
import type { ServerRequest } from "./server-caller.ts";

/** A query that is longer than this as a header goes by the other form: servers bound the headers of a request. */
const maxQueryLength = 2048;

/** Headers of one connection, which are not for the target, and `expect`, which `fetch` does not know. */
const hopByHop = [
  "connection",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/**
 * Makes a request of the direct form, `ANY /api/v1/proxy/<application>/<path>` (docs/protocol/proxy.md), whose body goes as it is and streams; `null`
 * where the query asks for more than that form says: other than one application, or a lot.
 */
export function createDirectRequest(request: ProxyRequest, query: Query): ServerRequest | null {
  const { application, ...rest } = query;
  // A URL would take these two for folders, in whichever way they are written.
  if (typeof application !== "string" || /^\.{0,2}$/.test(application)) return null;
  const condition = formatCondition(rest);
  if (condition.length > maxQueryLength) return null;
  const headers = new Headers(request.headers);
  for (const name of [...hopByHop, ...listed(headers.get("connection"))]) headers.delete(name);
  const authorization = headers.get("authorization");
  if (authorization !== null) headers.set("x-singyeong-authorization", authorization);
  headers.delete("authorization");
  if (condition !== "") headers.set("x-singyeong-query", condition);
  const { method, route, body } = request;
  return { path: `/api/v1/proxy/${encodeURIComponent(application)}${route}`, method, headers, body };
}

/** The names that `connection` makes a matter of that connection. */
function listed(connection: string | null): readonly string[] {
  const names = connection?.split(",").map((name) => name.trim()) ?? [];
  return names.filter((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name));
}

/** What a query says beside its application, as JSON of ASCII alone; `""` where that is nothing. */
function formatCondition(rest: Omit<Query, "application">): string {
  const { ops, ...others } = rest;
  const said = Object.values(others).some((value) => value !== undefined) || (ops !== undefined && ops.length > 0);
  return said ? formatJson(rest).replace(/[^ -~]/g, escapeUnit) : "";
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
