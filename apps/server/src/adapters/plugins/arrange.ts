import { PluginError } from "../../kernel/plugin-error.ts";
import { splitNeed } from "./context.ts";
import type { Definition } from "./part.ts";
import { isInRange } from "./version-range.ts";

/**
 * Puts plugins in order: what `needs`, `after` and `before` say, and where they leave it open by `order`, then as they were
 * listed. @throws PluginError for two of one name, for one that is needed and not there or of another version, for a circle
 */
export function arrange(definitions: readonly Definition[]): readonly Definition[] {
  const byName = new Map<string, Definition>();
  for (const definition of definitions) {
    const { name } = definition.plugin;
    const other = byName.get(name);
    if (other !== undefined) {
      throw new PluginError(`two plugins are called ${name}: ${other.source} and ${definition.source}`);
    }
    byName.set(name, definition);
  }
  /** By name, who comes before. */
  const front = new Map(definitions.map(({ plugin }) => [plugin.name, new Set<string>()]));
  for (const { plugin } of definitions) {
    for (const need of plugin.needs ?? []) front.get(plugin.name)!.add(findNeeded(plugin.name, need, byName));
    for (const other of plugin.after ?? []) if (byName.has(other)) front.get(plugin.name)!.add(other);
    for (const other of plugin.before ?? []) front.get(other)?.add(plugin.name);
  }
  return sort(definitions, front);
}

function findNeeded(name: string, need: string, byName: ReadonlyMap<string, Definition>): string {
  const wanted = splitNeed(need);
  const found = byName.get(wanted.name)?.plugin;
  if (found === undefined) throw new PluginError(`plugin ${name} needs ${need}, and no such plugin is loaded`);
  if (wanted.range !== null && !isInRange(found.version, wanted.range)) {
    throw new PluginError(`plugin ${name} needs ${need}, and ${wanted.name} is of version ${found.version}`);
  }
  return wanted.name;
}

function sort(definitions: readonly Definition[], front: ReadonlyMap<string, Set<string>>): readonly Definition[] {
  // Sorting is stable: who has the same order stays as listed.
  const left = [...definitions].sort((one, other) => (one.plugin.order ?? 0) - (other.plugin.order ?? 0));
  const sorted: Definition[] = [];
  const placed = new Set<string>();
  while (left.length > 0) {
    const at = left.findIndex(({ plugin }) => [...front.get(plugin.name)!].every((name) => placed.has(name)));
    if (at === -1) throw new PluginError(describeCircle(left[0]!.plugin.name, front, placed));
    const [next] = left.splice(at, 1);
    placed.add(next!.plugin.name);
    sorted.push(next!);
  }
  return sorted;
}

function describeCircle(
  from: string,
  front: ReadonlyMap<string, ReadonlySet<string>>,
  placed: ReadonlySet<string>,
): string {
  const path = [from];
  for (;;) {
    const before = [...front.get(path.at(-1)!)!].find((name) => !placed.has(name))!;
    const at = path.indexOf(before);
    path.push(before);
    if (at !== -1) return `plugins wait for each other: ${path.slice(at).join(" after ")}`;
  }
}
