/** A name as 64 bits that nobody outside can foretell, in two halves; the high one is never 0. */
export interface NameKey {
  readonly high: number;
  readonly low: number;
}

/** What is remembered of a name: wrong attempts, and until when it is refused. */
export interface AttemptTable {
  /** Milliseconds for which a name is refused; 0 where it is not. */
  waitMs(key: NameKey, nowMs: number): number;
  /** A wrong attempt of a name that is not refused now. */
  addWrong(key: NameKey, nowMs: number): void;
  /** How many names are remembered. */
  readonly size: number;
}

export interface AttemptTerms {
  /** Wrong attempts within {@link windowMs} of the first that are let pass. */
  readonly attempts: number;
  /** @default 8192, of {@link ways} names each */
  readonly sets?: number;
}

/** In this time so many wrong attempts are too many. */
export const windowMs = 60_000;
/** The first refusal lasts this long, and each that follows twice as long as the one before … */
export const firstRefusalMs = 1000;
/** … up to this. */
export const maxRefusalMs = 900_000;
/** Names that share a place in the table. */
const ways = 8;

/**
 * A table of fixed size, however many names there are ([AU-15]). Where a place is full, the name that matters least gives way: one
 * that may be forgotten, else the one that was refused least, and of those the one with the fewest wrong attempts.
 * Who comes from many addresses gets rid of other names with few attempts, not of those that are refused.
 */
export function createAttemptTable({ attempts, sets = 8192 }: AttemptTerms): AttemptTable {
  const slots = sets * ways;
  /** 0 where a slot is empty. */
  const highs = new Uint32Array(slots);
  const lows = new Uint32Array(slots);
  const wrong = new Uint32Array(slots);
  /** How many refusals in a row; the last ends, or ended, at `until`. */
  const level = new Uint8Array(slots);
  /** The first wrong attempt of the window. */
  const since = new Float64Array(slots);
  const until = new Float64Array(slots);
  let size = 0;

  function find({ high, low }: NameKey): number {
    const first = (low % sets) * ways;
    for (let slot = first; slot < first + ways; slot++) if (highs[slot] === high && lows[slot] === low) return slot;
    return -1;
  }

  function isOver(slot: number, nowMs: number): boolean {
    if (level[slot] === 0) return nowMs >= since[slot]! + windowMs;
    return nowMs >= until[slot]! + lengthOf(level[slot]!) + windowMs;
  }

  function take(key: NameKey, nowMs: number): number {
    const first = (key.low % sets) * ways;
    let least = first;
    for (let slot = first; slot < first + ways; slot++) {
      if (highs[slot] === 0) {
        size++;
        return occupy(slot, key);
      }
      if (isOver(slot, nowMs)) return occupy(slot, key);
      const difference = level[slot]! - level[least]! || wrong[slot]! - wrong[least]! || since[slot]! - since[least]!;
      if (difference < 0) least = slot;
    }
    return occupy(least, key);
  }

  function occupy(slot: number, { high, low }: NameKey): number {
    highs[slot] = high;
    lows[slot] = low;
    restart(slot);
    return slot;
  }

  function restart(slot: number): void {
    wrong[slot] = 0;
    level[slot] = 0;
    until[slot] = 0;
  }

  return {
    get size() {
      return size;
    },
    waitMs(key, nowMs) {
      const slot = find(key);
      return slot === -1 ? 0 : Math.max(0, until[slot]! - nowMs);
    },
    addWrong(key, nowMs) {
      const known = find(key);
      const slot = known === -1 ? take(key, nowMs) : known;
      if (known !== -1 && isOver(slot, nowMs)) restart(slot);
      if (wrong[slot] === 0) since[slot] = nowMs;
      wrong[slot]!++;
      if (wrong[slot]! < attempts) return;
      level[slot] = Math.min(level[slot]! + 1, maxLevel);
      until[slot] = nowMs + lengthOf(level[slot]!);
    },
  };
}

const maxLevel = Math.ceil(Math.log2(maxRefusalMs / firstRefusalMs)) + 1;

function lengthOf(level: number): number {
  return Math.min(firstRefusalMs * 2 ** (level - 1), maxRefusalMs);
}
