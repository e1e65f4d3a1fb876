/**
 * Does work over items as they come: begun in their order, at most `atATime` at once. Ends when the items do, or as soon
 * as work says not to go on; what is under way then is waited for, and items that are yet to come are not.
 * @param work resolves with whether to go on, and never rejects
 * @throws what the items throw
 */
export async function pipeline<T>(
  items: AsyncIterable<T>,
  atATime: number,
  work: (item: T) => Promise<boolean>,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  let running = 0;
  let stopped = false;
  let onChange: (() => void) | null = null;

  function begin(item: T): void {
    running++;
    void work(item).then((goOn) => {
      running--;
      if (!goOn) stopped = true;
      onChange?.();
    });
  }

  /** The next item; `null` where the wait for it was cut short. */
  function next(): Promise<IteratorResult<T> | null> {
    return new Promise((resolve, reject) => {
      onChange = () => stopped && resolve(null);
      iterator.next().then(resolve, reject);
    });
  }

  function change(): Promise<void> {
    return new Promise((resolve) => {
      onChange = resolve;
    });
  }

  while (!stopped) {
    const item = await next();
    if (item === null || item.done === true) break;
    begin(item.value);
    while (running >= atATime && !stopped) await change();
  }
  while (running > 0) await change();
}
