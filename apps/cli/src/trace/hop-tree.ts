import type { Hop } from "./hop.ts";

/** A hop in its place: what stands before its name shows what it is part of. */
export interface TreeLine {
  readonly branch: string;
  readonly hop: Hop;
}

/** Hops as a tree, each below the one that led to it, in the order of their times. */
export function arrangeHops(hops: readonly Hop[]): readonly TreeLine[] {
  const known = new Set(hops.filter(isSpan).map(({ spanId }) => spanId));
  const children = new Map<string | null, Hop[]>();
  for (const hop of hops) {
    const parent = parentOf(hop, known);
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [hop]);
    else siblings.push(hop);
  }
  const lines: TreeLine[] = [];
  const placed = new Set<Hop>();

  function place(parent: string | null, indent: string, isTop: boolean): void {
    const siblings = (children.get(parent) ?? []).filter((hop) => !placed.has(hop)).sort((a, b) => a.atMs - b.atMs);
    siblings.forEach((hop, i) => {
      placed.add(hop);
      const isLast = i === siblings.length - 1;
      lines.push({ branch: isTop ? "" : `${indent}${isLast ? "└─ " : "├─ "}`, hop });
      if (isSpan(hop)) place(hop.spanId, isTop ? "" : `${indent}${isLast ? "   " : "│  "}`, false);
    });
  }

  place(null, "", true);
  return lines;
}

function isSpan({ kind, spanId }: Hop): boolean {
  return kind !== "event" && spanId !== "";
}

/** What a hop is shown below; `null` where that is not among the hops: another process had it, or nothing led to it. */
function parentOf(hop: Hop, known: ReadonlySet<string>): string | null {
  const { parentId } = hop;
  return parentId !== null && known.has(parentId) && parentId !== (isSpan(hop) ? hop.spanId : null) ? parentId : null;
}
