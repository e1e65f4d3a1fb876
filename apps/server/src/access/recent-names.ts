/** Names that something was lately true of; a bounded number of them. */
export interface RecentNames {
  has(name: string, nowMs: number): boolean;
  add(name: string, nowMs: number): void;
}

/** Remembers the last of at least `max` and at most twice as many names, each for `keptMs`. */
export function createRecentNames(max: number, keptMs: number): RecentNames {
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  return {
    has(name, nowMs) {
      const addedMs = young.get(name) ?? old.get(name);
      return addedMs !== undefined && nowMs < addedMs + keptMs;
    },
    add(name, nowMs) {
      if (young.size >= max && !young.has(name)) {
        old = young;
        young = new Map();
      }
      young.set(name, nowMs);
    },
  };
}
