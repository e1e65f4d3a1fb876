/** Whether a name is permitted. */
export type Accept = (name: string) => boolean;

const acceptAll: Accept = () => true;
const acceptNone: Accept = () => false;

/**
 * Compiles patterns of names, once: `*` stands for any run of characters, an empty one too, and everything else for
 * itself. No patterns accept nothing. Takes time in proportion to name and pattern, whatever they are ([AU-14]).
 */
export function compilePatterns(patterns: readonly string[]): Accept {
  const exact = new Set<string>();
  const globs: Accept[] = [];
  for (const pattern of patterns) {
    if (pattern === "*") return acceptAll;
    if (pattern.includes("*")) globs.push(compileGlob(pattern));
    else exact.add(pattern);
  }
  if (globs.length === 0) return exact.size === 0 ? acceptNone : (name) => exact.has(name);
  return (name) => exact.has(name) || globs.some((accept) => accept(name));
}

/** The parts between stars, each found as early as it can be: no way back is ever needed. */
function compileGlob(pattern: string): Accept {
  const parts = pattern.split("*");
  const first = parts[0]!;
  const last = parts.at(-1)!;
  const between = parts.slice(1, -1).filter((part) => part !== "");
  return (name) => {
    if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
    const end = name.length - last.length;
    let from = first.length;
    for (const part of between) {
      const at = name.indexOf(part, from);
      if (at === -1) return false;
      from = at + part.length;
    }
    return from <= end;
  };
}
