import {
  float,
  integer,
  type MetadataInput,
  type MetadataType,
  type MetadataValue,
  metadataTypes,
  version,
} from "@singyeong/client";
import { misuse } from "../failure.ts";
import { parseJson, readInteger } from "../output/json.ts";

/**
 * Reads metadata as it is written on a command line: `region=eu`, `latency=12`, `ready=true`, `guilds=[1,2]`, or with
 * its type said outright: `version:version=2.1.0`, `zip:string=01234`.
 */
export function parseMetadata(items: readonly string[]): MetadataInput {
  return Object.fromEntries(items.map(parseItem));
}

function parseItem(item: string): readonly [string, MetadataValue] {
  const at = item.indexOf("=");
  const left = item.slice(0, at);
  const value = item.slice(at + 1);
  const [, key, type] = /^(.*?)(?::(\w+))?$/s.exec(left)!;
  if (at < 1 || !key) throw misuse(`--meta ${item}: expected key=value or key:type=value`, "As in --meta region=eu");
  if (type === undefined) return [key, infer(value)];
  if (!isType(type)) throw misuse(`--meta ${item}: "${type}" is none of the types ${metadataTypes.join(", ")}`);
  return [key, read(type, value, item)];
}

function isType(text: string): text is MetadataType {
  return metadataTypes.includes(text as MetadataType);
}

/** The type that a value looks like; text is what looks like nothing else. */
function infer(value: string): MetadataValue {
  if (value === "true" || value === "false") return value === "true";
  if (/^-?(0|[1-9]\d*)$/.test(value)) return readInteger(value);
  if (/^-?(0|[1-9]\d*)\.\d+$/.test(value)) return float(Number(value));
  const json = /^[[{]/.test(value) ? readJson(value) : undefined;
  return typeof json === "object" && json !== null ? (json as MetadataValue) : value;
}

function read(type: MetadataType, value: string, item: string): MetadataValue {
  const mistake = (expected: string) => misuse(`--meta ${item}: expected ${expected}`);
  switch (type) {
    case "string":
      return value;
    case "version":
      return version(value);
    case "integer":
      if (!/^-?\d+$/.test(value)) throw mistake("a whole number");
      return integer(readInteger(value));
    case "float":
      if (value.trim() === "" || !Number.isFinite(Number(value))) throw mistake("a number");
      return float(Number(value));
    case "boolean":
      if (value !== "true" && value !== "false") throw mistake("true or false");
      return value === "true";
    case "list": {
      const json = readJson(value);
      if (!Array.isArray(json)) throw mistake("a JSON list");
      return json;
    }
    case "map": {
      const json = readJson(value);
      if (typeof json !== "object" || json === null || Array.isArray(json)) throw mistake("a JSON map");
      return json as MetadataValue;
    }
  }
}

function readJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
