import { type Config, Config as ConfigSchema, configKeys, environmentNames, flagName, secretKeys } from "./schema.ts";

/** The settings in force as YAML that can be used as a file, each with where it came from. The password is not shown. */
export function formatConfig(config: Config, sources: ReadonlyMap<string, string>): string {
  const lines = configKeys.map((key) => {
    const isHidden = secretKeys.has(key) && sources.has(key);
    const value = isHidden ? "********" : config[key];
    return `${key}: ${JSON.stringify(value)} # ${sources.get(key) ?? "default"}`;
  });
  return `${lines.join("\n")}\n`;
}

/** The answer to `--help`. */
export function formatHelp(): string {
  const rows = configKeys.map((key) => {
    const { description, default: fallback } = ConfigSchema.properties[key] as {
      description?: string;
      default?: unknown;
    };
    return {
      flag: `--${flagName(key)} VALUE`,
      text: `${description} [${environmentNames(key).at(-1)}, ${JSON.stringify(fallback)}]`,
    };
  });
  rows.push(
    {
      flag: "--config FILE",
      text: "settings from a YAML or JSON file [SINGYEONG_CONFIG, singyeong.yaml where there is one]",
    },
    { flag: "--print-config", text: "print the settings in force and where each came from, then exit" },
    { flag: "--version", text: "print the version, then exit" },
  );
  const width = Math.max(...rows.map((row) => row.flag.length));
  const lines = rows.map((row) => `  ${row.flag.padEnd(width)}  ${row.text}`);
  return `singyeong: routes messages to clients by queries over their metadata\n\n${lines.join("\n")}\n`;
}
