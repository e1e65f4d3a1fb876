import { readFileSync } from "node:fs";
import type { Op, Query, Selector } from "@singyeong/client";
import { formatExpressionError, parseApplication, parseExpression } from "@singyeong/client/expression";
import { misuse } from "../failure.ts";
import { parseJson } from "../output/json.ts";
import type { TargetOptions } from "./target-options.ts";

/** How many arguments the target takes: an application and an expression, unless options stand in for them. */
export function countTargetArguments({ query, tags }: Partial<TargetOptions>): {
  readonly least: number;
  readonly most: number;
} {
  if (query !== undefined) return { least: 0, most: 0 };
  return tags !== undefined && tags.length > 0 ? { least: 0, most: 1 } : { least: 1, most: 2 };
}

/** Makes the query that `APP [EXPRESSION]` and options ask for. @throws Failure `cli/misuse` */
export function readTarget(args: readonly string[], options: Partial<TargetOptions>): Query {
  const { least, most } = countTargetArguments(options);
  if (args.length < least)
    throw misuse("an application is missing", "Name one, or give * for every one, or --tags a,b.");
  if (args.length > most) throw misuse(`"${args[most]}" is one argument too many`, explainExcess(options));
  if (options.query !== undefined) return readQuery(options.query, options);
  const hasTags = options.tags !== undefined && options.tags.length > 0;
  const application = hasTags ? options.tags : readApplication(args[0]!);
  const expression = hasTags ? args[0] : args[1];
  const ops = expression === undefined ? [] : readExpression(expression);
  const selector = readSelector(options);
  return {
    ...(application !== undefined && { application }),
    ...(ops.length > 0 && { ops }),
    ...(selector !== undefined && { selector }),
    ...(options.key !== undefined && { key: options.key }),
    ...(options.optional === true && { optional: true }),
    ...(options.restricted === true && { restricted: true }),
    ...(options.droppable === true && { droppable: true }),
  };
}

function explainExcess({ query, tags }: Partial<TargetOptions>): string {
  if (query !== undefined) return "--query is the whole target.";
  return tags !== undefined && tags.length > 0
    ? "--tags stands in for the application."
    : "Quote an expression, so that the shell keeps it together: 'latency<=100 && region=eu'";
}

function readApplication(text: string): string | readonly string[] | undefined {
  try {
    return parseApplication(text);
  } catch (error) {
    throw misuse(
      `the application is not understood: ${(error as Error).message}`,
      "sg help targets shows how it is written.",
    );
  }
}

function readExpression(text: string): readonly Op[] {
  const parsed = parseExpression(text);
  if (parsed.ok) return parsed.ops;
  throw misuse(
    `the expression is not understood: ${formatExpressionError(text, parsed)}`,
    "sg help targets shows the language.",
  );
}

const selectors = ["min", "max", "avg"] as const;

function readSelector(options: Partial<TargetOptions>): Selector | undefined {
  const given = selectors.filter((name) => options[name] !== undefined);
  if (given.length > 1) throw misuse(`--${given.join(" and --")} cannot be combined: a query has one selector`);
  const [name] = given;
  return name === undefined ? undefined : ({ [`$${name}`]: readPath(options[name]!) } as Selector);
}

/** A path as in expressions, `limits.cpu` or `/limits/cpu`, as a JSON Pointer. */
export function readPath(text: string): string {
  const parsed = parseExpression(`exists ${text}`);
  const [op, ...more] = parsed.ok ? parsed.ops : [];
  if (op !== undefined && op.op === "$exists" && more.length === 0) return op.path;
  throw misuse(`"${text}" is no path`, "Write limits.cpu or /limits/cpu.");
}

const queryKeys = ["application", "ops", "restricted", "optional", "droppable", "key", "selector"];

/** Options that say what the JSON of --query says itself. */
const doubled = ["tags", "min", "max", "avg", "key", "optional", "restricted", "droppable"] as const;

function readQuery(argument: string, options: Partial<TargetOptions>): Query {
  const twice = doubled.find((name) => {
    const value = options[name];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
  });
  if (twice !== undefined) throw misuse(`--query is the whole query, so --${twice} cannot stand beside it`);
  const value = readJson(argument);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw misuse("--query is no JSON map");
  const stray = Object.keys(value).find((key) => !queryKeys.includes(key));
  if (stray !== undefined) throw misuse(`--query: "${stray}" is none of ${queryKeys.join(", ")}`);
  return value as Query;
}

function readJson(argument: string): unknown {
  try {
    return parseJson(argument.startsWith("@") ? readFileSync(argument.slice(1), "utf8") : argument);
  } catch (error) {
    throw misuse(
      `--query cannot be read: ${(error as Error).message}`,
      `As in --query '{"application":"api"}', or --query @query.json`,
    );
  }
}

/** The paths that a query compares, for showing what is there: each once, in their order. */
export function comparedPaths(query: Query): readonly string[] {
  const paths = new Set<string>();
  const walk = (ops: readonly Op[]): void => {
    for (const op of ops) {
      if ("with" in op) walk(op.with);
      else if ("path" in op) {
        paths.add(op.path);
        if ("path" in op.to) paths.add(op.to.path);
      }
    }
  };
  if (Array.isArray(query.ops)) walk(query.ops);
  for (const path of Object.values(query.selector ?? {}))
    if (typeof path === "string") paths.add(path.startsWith("/") ? path : `/${path}`);
  return [...paths];
}
