/** What waits in a row: taking the first costs the same however many wait behind it, unlike `Array.shift`. */
export interface Fifo<T> {
  readonly size: number;
  push(item: T): void;
  /** The first one, which waits no longer; `undefined` where none waits. */
  take(): T | undefined;
}

/** So many places that were left are kept before those that wait move up. */
const keptPlaces = 1024;

export function createFifo<T>(): Fifo<T> {
  const items: (T | undefined)[] = [];
  let first = 0;
  return {
    get size() {
      return items.length - first;
    },
    push: (item) => void items.push(item),
    take() {
      if (first === items.length) return undefined;
      const item = items[first];
      items[first++] = undefined;
      if (first === items.length || (first >= keptPlaces && first * 2 >= items.length)) {
        items.splice(0, first);
        first = 0;
      }
      return item;
    },
  };
}
