import type { PathParams, Route } from "./route.ts";

/** The route that a request is for; `params` is `null` where the path has escapes that stand for no text. */
export interface RouteMatch {
  readonly route: Route;
  readonly params: PathParams | null;
}

export interface RouteTable {
  /** Of a path as it was sent; `null` where nothing is there. */
  find(method: string, path: string): RouteMatch | null;
}

/** A path with `:name` segments, cut up. */
interface Pattern {
  readonly route: Route;
  readonly segments: readonly string[];
}

const noParams: PathParams = Object.freeze({});

/**
 * Finds routes: exact paths in one step and before all others, those with `:name` segments in the order given, and then
 * those that end in `/*`, the longest first.
 */
export function createRouteTable(routes: readonly Route[]): RouteTable {
  const exact = new Map<string, RouteMatch>();
  /** By method and number of segments. */
  const patterns = new Map<string, Pattern[]>();
  const prefixes: { readonly route: Route; readonly prefix: string }[] = [];
  for (const route of routes) {
    if (route.path.endsWith("/*")) {
      prefixes.push({ route, prefix: route.path.slice(0, -1) });
      continue;
    }
    if (!route.path.includes("/:")) {
      exact.set(`${route.method} ${route.path}`, { route, params: noParams });
      continue;
    }
    const segments = route.path.split("/");
    const key = `${route.method} ${segments.length}`;
    patterns.set(key, [...(patterns.get(key) ?? []), { route, segments }]);
  }
  prefixes.sort((a, b) => b.prefix.length - a.prefix.length);

  function findPattern(method: string, path: string): RouteMatch | null {
    const sent = path.split("/");
    const pattern = patterns.get(`${method} ${sent.length}`)?.find(({ segments }) => matches(segments, sent));
    return pattern === undefined ? null : { route: pattern.route, params: readParams(pattern.segments, sent) };
  }

  function findPrefix(method: string, path: string): RouteMatch | null {
    const found = prefixes.find(({ route, prefix }) => isFor(route, method) && path.startsWith(prefix));
    return found === undefined ? null : { route: found.route, params: { "*": path.slice(found.prefix.length) } };
  }

  return {
    find: (method, path) =>
      exact.get(`${method} ${path}`) ??
      exact.get(`* ${path}`) ??
      findPattern(method, path) ??
      findPattern("*", path) ??
      findPrefix(method, path),
  };
}

const isFor = (route: Route, method: string): boolean => route.method === "*" || route.method === method;

const isParam = (segment: string): boolean => segment.startsWith(":");

function matches(segments: readonly string[], sent: readonly string[]): boolean {
  return segments.every((segment, i) => (isParam(segment) ? sent[i] !== "" : segment === sent[i]));
}

/** Printable ASCII. Listeners differ in what they make of other bytes. */
const sendable = /^[\x21-\x7e]+$/;

function readParams(segments: readonly string[], sent: readonly string[]): PathParams | null {
  const params: Record<string, string> = {};
  for (const [i, segment] of segments.entries()) {
    if (!isParam(segment)) continue;
    const text = decodeSegment(sent[i]!);
    if (text === null) return null;
    params[segment.slice(1)] = text;
  }
  return params;
}

/** A segment of a path as it was sent, percent-decoded; `null` where it is empty or stands for no text. */
export function decodeSegment(sent: string): string | null {
  if (!sendable.test(sent)) return null;
  try {
    return decodeURIComponent(sent);
  } catch {
    return null;
  }
}
