/** Where settings come from. Each source yields raw values by key, with the name under which a user knows them. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parse as parseYaml } from "yaml";
import { type ConfigKey, configKeys, environmentNames, flagName } from "./schema.ts";

/** A value as it was written, and where: `"--port"`, `"PORT"`, `"singyeong.yaml: port"`. */
export interface Setting {
  readonly value: unknown;
  readonly source: string;
}

export interface Settings {
  readonly values: ReadonlyMap<ConfigKey, Setting>;
  /** Sentences about what could not be understood. */
  readonly problems: readonly string[];
}

/** What the command line says besides settings. */
export interface CommandLine extends Settings {
  readonly configFile: string | undefined;
  readonly printConfig: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

const switches = ["print-config", "help", "version"] as const;

/** Reads flags: `--port 80`, `--port=80`, `--config FILE`, `--print-config`, `--help`, `--version`. */
export function readFlags(args: readonly string[]): CommandLine {
  const settings = configKeys.map((key) => [flagName(key), { type: "string" as const }]);
  const toggles = switches.map((name) => [name, { type: "boolean" as const }]);
  const options = Object.fromEntries([...settings, ["config", { type: "string" as const }], ...toggles]);
  const values = new Map<ConfigKey, Setting>();
  const problems: string[] = [];
  // `start -- --port 80` is what hands of npm's users type.
  const flags = args[0] === "--" ? args.slice(1) : [...args];
  const { values: given, tokens } = parseArgs({ args: flags, options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "positional")
      problems.push(`${token.value}: not understood; settings are given as --name value`);
    if (token.kind === "option" && !(token.name in options))
      problems.push(`${token.rawName}: there is no such flag; --help lists them`);
  }
  const isOn = (name: (typeof switches)[number]): boolean => given[name] === true;
  const readValue = (name: string): string | undefined => {
    const value = given[name];
    if (typeof value === "string") return value;
    if (value !== undefined) problems.push(`--${name}: a value is missing`);
    return undefined;
  };
  for (const key of configKeys) {
    const value = readValue(flagName(key));
    if (value !== undefined) values.set(key, { value, source: `--${flagName(key)}` });
  }
  const configFile = readValue("config");
  return {
    values,
    problems,
    configFile,
    printConfig: isOn("print-config"),
    help: isOn("help"),
    version: isOn("version"),
  };
}

/** Reads the environment. An empty variable counts as absent. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Settings {
  const values = new Map<ConfigKey, Setting>();
  for (const key of configKeys) {
    const source = environmentNames(key).find((name) => env[name]);
    if (source !== undefined) values.set(key, { value: env[source], source });
  }
  return { values, problems: [] };
}

/** Reads a YAML or JSON file. */
export function readFile(path: string): Settings {
  const values = new Map<ConfigKey, Setting>();
  let content: unknown;
  try {
    content = parseYaml(readFileSync(path, "utf8")) ?? {};
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { values, problems: [`${path}: ${code === "ENOENT" ? "there is no such file" : message}`] };
  }
  if (typeof content !== "object" || Array.isArray(content)) {
    return { values, problems: [`${path}: expected a map of settings`] };
  }
  const problems: string[] = [];
  for (const [key, value] of Object.entries(content as object)) {
    if (configKeys.includes(key as ConfigKey)) values.set(key as ConfigKey, { value, source: `${path}: ${key}` });
    else problems.push(`${path}: ${key}: there is no such setting`);
  }
  return { values, problems };
}
