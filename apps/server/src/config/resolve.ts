import { type TSchema, Type } from "typebox";
import { Value } from "typebox/value";
import { findContradictions } from "./contradictions.ts";
import { Config, type ConfigKey, configKeys } from "./schema.ts";

/** Completes settings given by a program with the defaults. @throws TypeError that names every setting that is wrong */
export function resolveConfig(settings: { readonly [K in ConfigKey]?: Config[K] | undefined }): Config {
  const unknown = Object.keys(settings).filter((key) => !(key in Config.properties));
  const problems = unknown.map((key) => `${key}: there is no such setting`);
  const config: Record<string, unknown> = {};
  for (const key of configKeys) {
    const schema: TSchema = Config.properties[key];
    config[key] = settings[key] ?? defaultOf(schema);
    if (!Value.Check(schema, config[key])) problems.push(`${key}: this is not ${describeSetting(schema)}`);
  }
  if (problems.length === 0) problems.push(...findContradictions(config as Config));
  if (problems.length > 0) throw new TypeError(`settings are wrong: ${problems.join("; ")}`);
  return Object.freeze(config) as Config;
}

/** What a setting is where nobody sets it. */
export function defaultOf(schema: TSchema): unknown {
  return Value.Default(schema, undefined);
}

/** What a setting may be, in words. */
export function describeSetting(schema: TSchema): string {
  const { minimum, maximum } = schema as { minimum?: number; maximum?: number };
  if (Type.IsEnum(schema)) return `one of ${schema.enum.join(", ")}`;
  if (Type.IsInteger(schema))
    return `a whole number ${maximum === undefined ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`}`;
  if (Type.IsBoolean(schema)) return "true or false";
  if (Type.IsRecord(schema)) return "a map";
  if (Type.IsArray(schema)) return Type.IsObject(schema.items) ? "a list of accounts" : "a list of text";
  return "text of at least one character";
}
