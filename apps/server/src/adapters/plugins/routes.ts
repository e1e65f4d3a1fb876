import type { PluginRoute } from "@singyeong/plugin";
import { PluginError } from "../../kernel/plugin-error.ts";
import type { HookRoute } from "../../ports/hooks.ts";
import { answerRoute } from "./answer-route.ts";
import type { Part } from "./part.ts";
import { readPath, shapeOf } from "./route-pattern.ts";

/** A route with its plugin, cut up. */
interface Entry {
  readonly part: Part;
  readonly route: PluginRoute;
  readonly segments: readonly string[];
}

/** Finds routes of plugins by method and path. @throws PluginError where two are for the same */
export function createRoutes(parts: readonly Part[]): (method: string, path: string) => HookRoute | null {
  /** By number of segments; exact ones first. */
  const entries = new Map<number, Entry[]>();
  const taken = new Map<string, string>();
  for (const part of parts) {
    for (const route of part.plugin.routes ?? []) {
      const key = `${route.method} ${shapeOf(route.path)}`;
      const other = taken.get(key);
      if (other !== undefined) {
        throw new PluginError(
          `plugin ${part.plugin.name}: ${route.method} ${route.path} is a route of ${other} already`,
        );
      }
      taken.set(key, part.plugin.name);
      const segments = route.path.slice(1).split("/");
      const same = entries.get(segments.length) ?? [];
      entries.set(segments.length, [...same, { part, route, segments }].sort(byExactness));
    }
  }

  function find(method: string, sent: readonly string[]): Entry | undefined {
    return entries.get(sent.length)?.find(({ route, segments }) => route.method === method && matches(segments, sent));
  }

  return (method, path) => {
    const read = readPath(path);
    if (read === null || forbidden.has(method)) return null;
    const { sent, decoded } = read;
    const entry = find(method, sent) ?? (method === "HEAD" ? find("GET", sent) : undefined) ?? find("*", sent);
    if (entry === undefined) return null;
    const { part, route, segments } = entry;
    const params: Record<string, string> = Object.create(null);
    for (const [i, segment] of segments.entries()) if (isParam(segment)) params[segment.slice(1)] = decoded[i]!;
    return { open: route.open === true, answer: (request) => answerRoute(part, route, params, request) };
  };
}

/** What no `Request` may be of. */
const forbidden: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "TRACK", "*"]);

const isParam = (segment: string): boolean => segment.startsWith(":");

function matches(segments: readonly string[], sent: readonly string[]): boolean {
  return segments.every((segment, i) => isParam(segment) || segment === sent[i]);
}

/** Where two patterns are for a path, the one that is literal earlier is meant. */
function byExactness(one: Entry, other: Entry): number {
  for (const [i, segment] of one.segments.entries()) {
    const difference = Number(isParam(segment)) - Number(isParam(other.segments[i]!));
    if (difference !== 0) return difference;
  }
  return 0;
}
