import type { ListenerOptions } from "../../ports/listener.ts";

/** Something with frames to write. */
export interface Flushable {
  flush(): void;
}

/** The connections of one listener that have frames to write in this turn of the event loop. */
export interface FlushQueue {
  readonly maxBacklogBytes: number;
  /** Whether a frame that may be dropped is, rather than the connection closed. */
  readonly drops: boolean;
  /** Whether much may be written at once. With TLS the library forgets what it has yet to decrypt, if it is reading. */
  readonly writesAtOnce: boolean;
  readonly onSlowConsumer: () => void;
  readonly onDropped: () => void;
  /** Has `outbox.flush` called after all sockets have been read in this turn. */
  add(outbox: Flushable): void;
  /** Runs a cut outside of whatever loop over clients is under way. */
  cutLater(cut: () => void): void;
}

export function createFlushQueue(options: ListenerOptions): FlushQueue {
  const { maxBacklogBytes, slowConsumer, tls, onSlowConsumer, onDropped } = options;
  let dirty: Flushable[] = [];
  let spare: Flushable[] = [];

  function flushAll(): void {
    const batch = dirty;
    dirty = spare;
    for (let i = 0; i < batch.length; i++) batch[i]!.flush();
    batch.length = 0;
    spare = batch;
  }

  return {
    maxBacklogBytes,
    drops: slowConsumer === "drop",
    writesAtOnce: tls === null,
    onSlowConsumer,
    onDropped,
    add(outbox) {
      if (dirty.push(outbox) === 1) setImmediate(flushAll);
    },
    cutLater: (cut) => void setImmediate(cut),
  };
}
