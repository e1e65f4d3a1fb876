import { closeSync, openSync, writeSync } from "node:fs";
import type { HistoryEvent } from "./event.ts";

/** Writes a history down, in the order of the calls. */
export interface HistoryWriter {
  write(event: HistoryEvent): void;
  close(): void;
}

const bufferChars = 256 * 1024;

/** Begins a history in the file `path`. */
export function createHistoryWriter(path: string): HistoryWriter {
  const file = openSync(path, "w");
  let buffer = "";

  function flush(): void {
    writeSync(file, buffer);
    buffer = "";
  }

  return {
    write(event) {
      buffer += `${JSON.stringify(event)}\n`;
      if (buffer.length > bufferChars) flush();
    },
    close() {
      flush();
      closeSync(file);
    },
  };
}
