/** First in, first out, of at most `capacity` values. */
export interface Queue<T> {
  readonly size: number;
  /** Adds a value; false where the oldest was dropped for it. */
  push(value: T): boolean;
  /** Takes the oldest; ask for `size` first. */
  shift(): T;
  /** All of them, oldest first. */
  values(): readonly T[];
  clear(): void;
}

export function createQueue<T>(capacity: number): Queue<T> {
  let values: (T | undefined)[] = [];
  /** Where the oldest stands: shifting an array of thousands costs more than cutting it now and then. */
  let head = 0;

  function shift(): T {
    const value = values[head] as T;
    values[head++] = undefined;
    if (head > 1024 && head * 2 > values.length) {
      values = values.slice(head);
      head = 0;
    }
    return value;
  }

  return {
    get size() {
      return values.length - head;
    },
    push(value) {
      const full = values.length - head >= capacity;
      if (full) shift();
      values.push(value);
      return !full;
    },
    shift,
    values: () => values.slice(head) as T[],
    clear() {
      values = [];
      head = 0;
    },
  };
}
