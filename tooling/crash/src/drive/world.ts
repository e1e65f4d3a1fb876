import type { HistoryEvent } from "../history/event.ts";
import { type ContentLedger, createContentLedger } from "./content-ledger.ts";
import type { Random } from "./random.ts";

/** What the clients of all runs share. */
export interface World {
  readonly random: Random;
  readonly port: number;
  readonly ledger: ContentLedger;
  /** The process that runs now. */
  run: number;
  /** Receivers take everything and acknowledge it at once, to empty the queues. */
  isDraining: boolean;
  /** Receivers stay away. */
  isHoarding: boolean;
  /** Writes history. */
  tell(event: HistoryEvent): void;
  /** Called after each frame that a client has read and written down. */
  heard: () => void;
  /** A number that nothing else has. */
  next(): number;
}

export function createWorld(port: number, random: Random, tell: (event: HistoryEvent) => void): World {
  let last = 0;
  return {
    random,
    port,
    tell,
    ledger: createContentLedger(),
    run: 0,
    isDraining: false,
    isHoarding: false,
    heard: () => {},
    next: () => ++last,
  };
}
