/**
 * Values by whole number. A `Map` whose entries come and go by the thousand makes a new table of itself again and again, the one before
 * knows the next, and all that those tables hold outlives many collections of garbage: half of what a call costs. Here an entry that goes
 * makes room for others in place.
 */
export interface IdTable<T> {
  readonly size: number;
  get(id: number): T | undefined;
  /** Adds what is not there yet. */
  add(id: number, value: T): void;
  delete(id: number): void;
  values(): T[];
}

const firstCapacity = 16;
/** A table of so many places, or fewer, never shrinks. */
const keptCapacity = 1024;

export function createIdTable<T>(): IdTable<T> {
  let ids: number[] = [];
  let entries: (T | undefined)[] = [];
  let mask = 0;
  let size = 0;

  resize(firstCapacity);

  function resize(capacity: number): void {
    const [oldIds, oldEntries] = [ids, entries];
    ids = new Array<number>(capacity).fill(0);
    entries = new Array<T | undefined>(capacity).fill(undefined);
    mask = capacity - 1;
    for (let i = 0; i < oldIds.length; i++) if (oldEntries[i] !== undefined) put(oldIds[i]!, oldEntries[i]!);
  }

  /** Where an id stands, or would: at the place of its lowest bits, or the next that is free. */
  function find(id: number): number {
    let at = id & mask;
    while (entries[at] !== undefined && ids[at] !== id) at = (at + 1) & mask;
    return at;
  }

  function put(id: number, value: T): void {
    const at = find(id);
    ids[at] = id;
    entries[at] = value;
  }

  return {
    get size() {
      return size;
    },
    get: (id) => entries[find(id)],
    add(id, value) {
      if (++size * 2 > mask) resize((mask + 1) * 2);
      put(id, value);
    },
    delete(id) {
      let hole = find(id);
      if (entries[hole] === undefined) return;
      size--;
      // Whoever stands behind it because its own place was taken moves up.
      for (let at = (hole + 1) & mask; entries[at] !== undefined; at = (at + 1) & mask) {
        if (((at - ids[at]!) & mask) < ((at - hole) & mask)) continue;
        ids[hole] = ids[at]!;
        entries[hole] = entries[at];
        hole = at;
      }
      entries[hole] = undefined;
      if (mask > keptCapacity && size * 8 < mask) resize((mask + 1) / 4);
    },
    values: () => entries.filter((entry) => entry !== undefined),
  };
}
