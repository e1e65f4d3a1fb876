import { escapeText } from "./escape.ts";
import { formatJson } from "./json.ts";

/** A value on one line: text as it is where that cannot be mistaken for something else, all else as JSON. */
export function formatValue(value: unknown): string {
  if (
    typeof value === "string" &&
    value !== "" &&
    !/^["[{\s]|\s$|^(true|false|null|-?\d+(\.\d+)?([eE][+-]?\d+)?)$/.test(value)
  )
    return escapeText(value);
  return formatJson(value);
}
