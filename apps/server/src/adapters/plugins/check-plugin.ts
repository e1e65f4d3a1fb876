import type { Plugin } from "@singyeong/plugin";
import { splitNeed } from "./context.ts";
import { isPattern, methods } from "./route-pattern.ts";
import { isRange, isVersion } from "./version-range.ts";

/** Names of plugins, with their scope where they have one. */
const name = /^(@[a-z][a-z0-9_-]*\/)?[a-z][a-z0-9_-]*$/;
const maxNameLength = 64;
const maxEventLength = 128;

type Check = (value: unknown) => string | null;

const isText: Check = (value) => (typeof value === "string" && value !== "" ? null : "text of at least one character");
const isFunction: Check = (value) => (typeof value === "function" ? null : "a function");
const isName: Check = (value) =>
  typeof value === "string" && value.length <= maxNameLength && name.test(value)
    ? null
    : `a name of a-z, 0-9, - and _, beginning with a letter, of at most ${maxNameLength} characters`;
const listOf =
  (what: string, check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return `a list of ${what}`;
    const wrong = value.findIndex((item) => check(item) !== null);
    return wrong === -1 ? null : `a list of ${what}; ${show(value[wrong])} is none`;
  };
const isNeed: Check = (value) => {
  if (typeof value !== "string") return "text";
  const { name, range } = splitNeed(value);
  return isName(name) ?? (range === null || isRange(range) ? null : "a version such as ^1.2.0, >=1.2 or 1.2.3");
};
const isEvent: Check = (value) =>
  typeof value === "string" && value !== "" && value.length <= maxEventLength
    ? null
    : `text of 1 to ${maxEventLength} characters`;
const isRoute: Check = (value) => {
  if (typeof value !== "object" || value === null) return "an object";
  const { method, path, open, handle } = value as Readonly<Record<string, unknown>>;
  if (typeof method !== "string" || !methods.has(method)) return `of a method of ${[...methods].join(", ")}`;
  if (typeof path !== "string" || !isPattern(path)) return "of a path such as /audit/:id";
  if (open !== undefined && typeof open !== "boolean") return "open, or not";
  return typeof handle === "function" ? null : "with a function `handle`";
};

const checks: { readonly [K in keyof Required<Plugin>]: Check } = {
  name: isName,
  version: (value) => (typeof value === "string" && isVersion(value) ? null : "a version such as 1.2.3"),
  needs: listOf("plugins, such as audit or audit@^1.2.0", isNeed),
  after: listOf("names of plugins", isName),
  before: listOf("names of plugins", isName),
  order: (value) => (Number.isFinite(value) ? null : "a number"),
  settings: (value) =>
    typeof value === "function" || (typeof value === "object" && value !== null && "~standard" in value)
      ? null
      : "a function, or a Standard Schema",
  load: isFunction,
  auth: isFunction,
  events: (value) => {
    if (Array.isArray(value)) return listOf("names of events", isEvent)(value);
    if (typeof value !== "object" || value === null) return "handlers by the names of their events, or a list of names";
    const wrong = Object.entries(value).find(([event, handler]) => (isEvent(event) ?? isFunction(handler)) !== null);
    return wrong === undefined ? null : `a map of functions; ${show(wrong[0])} is none`;
  },
  onEvent: isFunction,
  onDispatch: isFunction,
  directions: listOf('"in" and "out"', (value) => (value === "in" || value === "out" ? null : "in or out")),
  onConnect: isFunction,
  onDisconnect: isFunction,
  onMetadata: isFunction,
  routes: (value) => {
    if (!Array.isArray(value)) return "a list of routes";
    const wrong = value.findIndex((route) => isRoute(route) !== null);
    return wrong === -1 ? null : `a list of routes; number ${wrong + 1} is not ${isRoute(value[wrong])}`;
  },
  undo: isFunction,
};

/** What is wrong with a module's default export, in words; `null` where it is a plugin. */
export function findProblem(given: unknown): string | null {
  if (typeof given !== "object" || given === null || isText((given as { name?: unknown }).name) !== null) {
    return "has no plugin: its default export is to be definePlugin({ name, version, … })";
  }
  const plugin = given as Readonly<Record<string, unknown>>;
  for (const key of ["name", "version"]) if (plugin[key] === undefined) return `has no ${key}`;
  for (const [key, value] of Object.entries(plugin)) {
    const check = Object.hasOwn(checks, key) ? checks[key as keyof typeof checks] : undefined;
    if (check === undefined) return `${key} is nothing that a plugin has`;
    const expected = value === undefined ? null : check(value);
    if (expected !== null) return `${key} is to be ${expected}`;
  }
  return findContradiction(plugin as unknown as Plugin);
}

function findContradiction({ events, onEvent, directions, onDispatch }: Plugin): string | null {
  if (Array.isArray(events) && onEvent === undefined) return "events is a list of names, so it needs onEvent";
  if (!Array.isArray(events) && onEvent !== undefined) return "onEvent needs events to be a list of names";
  if (directions !== undefined && onDispatch === undefined) return "directions needs onDispatch";
  return null;
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 80)) : String(value).slice(0, 80);
}
