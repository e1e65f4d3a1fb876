import type { NodeInfo } from "@singyeong/client";
import { escapeText } from "./escape.ts";
import type { Output } from "./output.ts";
import { splitMetadata } from "./own-metadata.ts";
import { formatValue } from "./value.ts";

/** Lists clients by application: with what is at `paths`, or with all their metadata where there are none. */
export async function printNodes(out: Output, nodes: readonly NodeInfo[], paths: readonly string[]): Promise<void> {
  const sorted = nodes.toSorted((a, b) => compare(a.app, b.app) || compare(a.id, b.id));
  if (out.json) return out.document(sorted);
  if (sorted.length === 0) return out.note("No client matches.");
  const head = [
    "APP",
    "CLIENT",
    ...(paths.length === 0 ? ["ADDRESS", "METADATA"] : paths.map((path) => escapeText(path))),
  ];
  const rows = sorted.map((node, i) => [
    sorted[i - 1]?.app === node.app ? "" : out.paint("heading", escapeText(node.app)),
    out.paint("name", escapeText(node.id)),
    ...(paths.length === 0
      ? [escapeText(node.ip ?? ""), formatMetadata(node)]
      : paths.map((path) => formatPlace(readPath(node, path)))),
  ]);
  await out.table(
    head.map((title) => ({ title })),
    rows,
  );
  const apps = new Set(sorted.map(({ app }) => app)).size;
  out.note(out.paintNote("faint", `${plural(sorted.length, "client")} of ${plural(apps, "application")}`));
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function formatMetadata({ metadata }: NodeInfo): string {
  return splitMetadata(metadata)
    .own.map(([key, value]) => `${escapeText(key)}=${formatValue(value)}`)
    .join(" ");
}

function formatPlace(value: unknown): string {
  return value === undefined ? "-" : formatValue(value);
}

/** The value at a JSON Pointer into a client's metadata; `/ip` is its address where its metadata has none. */
function readPath({ metadata, ip }: NodeInfo, path: string): unknown {
  let value: unknown = metadata;
  for (const part of path.slice(1).split("/")) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key))
      return path === "/ip" ? (ip ?? undefined) : undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
