import { checkJson, jsonCodec } from "@singyeong/protocol/codec";
import type { Registry } from "../registry/registry.ts";
import type { BodyLimits } from "./body.ts";
import { httpError, json, type Route } from "./route.ts";

/** `GET /api/v1/discovery/tags?q=["a","b"]`: applications with one unrestricted client that holds all the tags. */
export function discoveryRoute(registry: Registry, limits: BodyLimits): Route {
  return {
    method: "GET",
    path: "/api/v1/discovery/tags",
    open: false,
    answer({ query }, _params, { rights }) {
      const tags = readTags(new URLSearchParams(query).get("q"), limits);
      if (tags === null) return httpError("http/malformed-query", { message: 'q is a JSON list of tags: q=["a","b"]' });
      return json(200, { status: "ok", result: registry.discover(tags, rights) });
    },
  };
}

function readTags(text: string | null, limits: BodyLimits): readonly string[] | null {
  if (text === null || checkJson(Buffer.from(text), limits) !== null) return null;
  const value = jsonCodec.decode(text);
  return Array.isArray(value) && value.every((tag) => typeof tag === "string") ? (value as string[]) : null;
}
