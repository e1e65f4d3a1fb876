import type { Query } from "@singyeong/client";
import { formatApplication, formatExpression } from "@singyeong/client/expression";
import { escapeText } from "../output/escape.ts";
import { formatJson } from "../output/json.ts";

/** A query as it is written on a command line, on one line; as JSON where it has no such form. */
export function formatTarget(query: Query): string {
  const { application, ops = [], selector = {}, key, optional, restricted, ...others } = query;
  if (Object.keys(others).some((name) => name !== "droppable")) return formatJson(query);
  try {
    const options = [
      ...Object.entries(selector ?? {}).map(([name, path]) => `--${name.slice(1)} ${path}`),
      ...(key === undefined || key === null ? [] : [`--key ${formatJson(key)}`]),
      ...(optional === true ? ["--optional"] : []),
      ...(restricted === true ? ["--restricted"] : []),
    ];
    const parts = [formatApplication(application ?? undefined), formatExpression(ops), ...options];
    return parts.filter(Boolean).map(escapeText).join(" ");
  } catch {
    return formatJson(query);
  }
}
