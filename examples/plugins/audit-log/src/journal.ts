import { open } from "node:fs/promises";

/** One line of an audit. */
export interface Entry {
  readonly at: string;
  readonly what: string;
  readonly app?: string;
  readonly id?: string;
  readonly [detail: string]: unknown;
}

/** Lines that wait to be written; with more than that, new ones are dropped. */
const maxWaiting = 10_000;
/** Lines that are kept to be shown. */
const maxShown = 100;

/** A file that lines are added to, many at a time, and the last of them. */
export interface Journal {
  /** Never waits. False where the line was dropped, since the disk does not keep up. */
  add(entry: Entry): boolean;
  /** Writes what waits. */
  flush(): Promise<void>;
  last(): readonly Entry[];
  close(): Promise<void>;
}

export async function openJournal(path: string): Promise<Journal> {
  const file = await open(path, "a");
  const shown: Entry[] = [];
  let waiting: string[] = [];
  let writing = Promise.resolve();

  async function write(): Promise<void> {
    const lines = waiting;
    waiting = [];
    if (lines.length > 0) await file.appendFile(lines.join(""));
  }

  function flush(): Promise<void> {
    writing = writing.catch(() => {}).then(write);
    return writing;
  }

  return {
    add(entry) {
      shown.push(entry);
      if (shown.length > maxShown) shown.shift();
      if (waiting.length >= maxWaiting) return false;
      waiting.push(`${JSON.stringify(entry, toText)}\n`);
      return true;
    },
    flush,
    last: () => shown,
    async close() {
      await flush().finally(() => file.close());
    },
  };
}

/** What JSON has no word for. */
function toText(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return value instanceof Uint8Array ? { $base64: Buffer.from(value).toString("base64") } : value;
}
