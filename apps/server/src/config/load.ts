import { existsSync } from "node:fs";
import { type TSchema, Type } from "typebox";
import { Value } from "typebox/value";
import { findContradictions } from "./contradictions.ts";
import { defaultOf, describeSetting } from "./resolve.ts";
import { Config, type ConfigKey, configKeys, secretKeys } from "./schema.ts";
import { readEnvironment, readFile, readFlags, type Setting } from "./sources.ts";

/** Looked for in the working directory, in this order, where no file is named. */
const defaultFiles = ["singyeong.yaml", "singyeong.yml", "singyeong.json"];

/** What the command line, the environment and the file come to. */
export type LoadResult =
  | {
      readonly type: "settings";
      readonly config: Config;
      /** Where those settings come from that are not left to their defaults: `"--port"`, `"PORT"`, `"singyeong.yaml: port"`. */
      readonly sources: ReadonlyMap<ConfigKey, string>;
      /** Whether `--print-config` asks to see them and no more. */
      readonly printConfig: boolean;
    }
  /** Settings are wrong: sentences about each of them. */
  | { readonly type: "wrong"; readonly problems: readonly string[] }
  /** `--help` or `--version` asks for that and no more. */
  | { readonly type: "help" }
  | { readonly type: "version" };

/** Resolves the settings: flags win over the environment, the environment over the file. Reports every problem at once. */
export function loadConfig(args: readonly string[], env: Readonly<Record<string, string | undefined>>): LoadResult {
  const flags = readFlags(args);
  if (flags.help) return { type: "help" };
  if (flags.version) return { type: "version" };
  const file = flags.configFile ?? (env.SINGYEONG_CONFIG || defaultFiles.find((name) => existsSync(name)));
  const layers = [...(file === undefined ? [] : [readFile(file)]), readEnvironment(env), flags];
  const problems = layers.flatMap((layer) => layer.problems);
  const settings = new Map<ConfigKey, Setting>();
  for (const layer of layers) for (const [key, setting] of layer.values) settings.set(key, setting);

  const config: Record<string, unknown> = {};
  const sources = new Map<ConfigKey, string>();
  for (const key of configKeys) {
    const schema: TSchema = Config.properties[key];
    const setting = settings.get(key);
    if (setting === undefined) {
      config[key] = defaultOf(schema);
      continue;
    }
    const value = coerce(schema, setting.value);
    if (Value.Check(schema, value)) {
      config[key] = value;
      sources.set(key, setting.source);
    } else {
      const shown = secretKeys.has(key) ? "a value that" : JSON.stringify(setting.value);
      problems.push(`${setting.source}: ${shown} is not ${describeSetting(schema)}${locateFault(schema, value)}`);
    }
  }
  if (problems.length === 0) problems.push(...findContradictions(config as Config));
  if (problems.length > 0) return { type: "wrong", problems };
  return { type: "settings", config: Object.freeze(config) as Config, sources, printConfig: flags.printConfig };
}

/** Flags and variables are text: numbers and comma-separated lists are read from it. */
function coerce(schema: TSchema, value: unknown): unknown {
  if (Type.IsInteger(schema) && typeof value === "string" && /^-?\d+$/.test(value.trim())) return Number(value);
  if (Type.IsBoolean(schema) && (value === "true" || value === "false")) return value === "true";
  if (typeof value === "string" && isStructured(schema)) return parseJson(value);
  if (Type.IsArray(schema) && typeof value === "string")
    return value
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean);
  return value;
}

/** Where the first fault lies in a value that is more than a word; nothing of the value itself, which may be secret. */
function locateFault(schema: TSchema, value: unknown): string {
  if (!isStructured(schema)) return "";
  const fault = Value.Errors(schema, value).find(({ instancePath }) => instancePath !== "");
  if (fault === undefined) return "";
  const { additionalProperties = [], requiredProperties = [] } = fault.params as {
    additionalProperties?: readonly string[];
    requiredProperties?: readonly string[];
  };
  const names = [
    ...additionalProperties.map((name) => `${name} is not known`),
    ...requiredProperties.map((name) => `${name} is missing`),
  ];
  return `: ${fault.instancePath.replaceAll("/", ".").slice(1)}: ${names.length > 0 ? names.join(", ") : fault.message}`;
}

/** What is more than a word or a list of words is given as JSON. */
function isStructured(schema: TSchema): boolean {
  return Type.IsArray(schema) ? Type.IsObject(schema.items) : Type.IsRecord(schema);
}

/** JSON as a value; other text stays as it is, and is found to be wrong. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
