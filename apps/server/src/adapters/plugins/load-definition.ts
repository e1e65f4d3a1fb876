import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "@singyeong/plugin";
import { PluginError } from "../../kernel/plugin-error.ts";
import { findProblem } from "./check-plugin.ts";
import type { Definition } from "./part.ts";

/** Imports a module and takes its plugin. @throws PluginError that says what is wrong with it */
export async function loadDefinition(file: string, cwd: string): Promise<Definition> {
  const short = relative(cwd, file);
  const source = short.startsWith("..") ? file : `./${short}`;
  const module = await import(pathToFileURL(file).href).catch((error: unknown) => {
    throw new PluginError(`plugin ${source}: ${explain(error)}`, error);
  });
  const given: unknown = (module as { default?: unknown }).default;
  const problem = findProblem(given);
  if (problem !== null) throw new PluginError(`plugin ${source}: ${problem}`);
  return { plugin: given as Plugin, source };
}

function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ERR_UNKNOWN_FILE_EXTENSION") return "this Node.js does not run TypeScript; 22.18 and newer do";
  if (code === "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING") {
    return "Node.js runs no TypeScript from node_modules; have the package built to JavaScript";
  }
  return error instanceof Error ? message : String(error);
}

/** A plugin's settings as its hooks get them. @throws PluginError that says what is wrong with them */
export function readSettings({ name, settings }: Plugin, given: unknown): unknown {
  const complain = (what: string, cause?: unknown): never => {
    throw new PluginError(`plugin ${name}: its settings (pluginSettings.${name}) are wrong: ${what}`, cause);
  };
  if (settings === undefined) return given;
  try {
    if (typeof settings === "function") return settings(given);
    const result = settings["~standard"].validate(given);
    if ("value" in result) return result.value;
    if (!("issues" in result)) return complain("a schema that validates asynchronously is not supported");
    return complain(result.issues.map(({ message, path }) => describeIssue(message, path)).join("; "));
  } catch (error) {
    if (error instanceof PluginError) throw error;
    return complain(error instanceof Error ? error.message : String(error), error);
  }
}

function describeIssue(message: string, path: readonly unknown[] | undefined): string {
  const keys = (path ?? []).map((part) =>
    typeof part === "object" && part !== null ? (part as { key?: unknown }).key : part,
  );
  return keys.length === 0 ? message : `${keys.join(".")}: ${message}`;
}
