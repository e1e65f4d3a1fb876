/** What a program has running that it started itself. Heap is in bytes after garbage collection, `null` where unknown. */
export interface Census {
  /** Where each was set. */
  readonly timers: readonly string[];
  readonly sockets: number;
  readonly heapBytes: number | null;
}

type Timers = "setTimeout" | "setInterval";

const timers = new Map<unknown, Error>();
const sockets = new Set<WebSocket>();
let measureHeap: () => Promise<number | null> = async () => null;

/** Says how the heap is measured here. */
export function setHeapMeter(meter: () => Promise<number | null>): void {
  measureHeap = meter;
}

/** Counts what is running right now. */
export async function takeCensus(): Promise<Census> {
  return {
    timers: [...timers.values()].map(({ stack }) => stack!),
    sockets: sockets.size,
    heapBytes: await measureHeap(),
  };
}

/** From now on every timer and WebSocket is counted. To be called before the client is loaded. */
export function watchGlobals(): void {
  watchTimers("setTimeout", "clearTimeout");
  watchTimers("setInterval", "clearInterval");
  globalThis.WebSocket = class extends globalThis.WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      sockets.add(this);
      this.addEventListener("close", () => sockets.delete(this));
    }
  };
}

function watchTimers(set: Timers, clear: "clearTimeout" | "clearInterval"): void {
  const globals = globalThis as unknown as Record<string, (...args: unknown[]) => unknown>;
  const { [set]: original, [clear]: originalClear } = globals as Record<string, (...args: unknown[]) => unknown>;
  globals[set] = (handler, delayMs, ...args) => {
    const timer = original!(() => {
      if (set === "setTimeout") timers.delete(timer);
      (handler as (...args: unknown[]) => void)(...args);
    }, delayMs);
    timers.set(timer, new Error(`${set} of ${delayMs} ms`));
    return timer;
  };
  globals[clear] = (timer) => {
    timers.delete(timer);
    return originalClear!(timer);
  };
}
