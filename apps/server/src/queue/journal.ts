import type { Change, QueueStore, Standing } from "../ports/queue-store.ts";

type Append = Extract<Change, { kind: "append" }>;

/** A push on its way to the disk. */
export interface Arrival extends Append {
  /** Told what became of it: `null` is on disk, else why it is not. */
  settled(error: unknown): void;
}

/** Messages that are stored together or not at all, and what goes with them. */
export interface Bundle {
  readonly appends: readonly StoredAppend[];
  settled(error: unknown): void;
}

export type StoredAppend = Omit<Append, "kind">;

/**
 * Brings what happens to the store, in groups: what is noted while one commit is under way makes up the next. Pushes
 * that cannot be stored are refused; everything else is kept and tried again until it is stored.
 */
export interface Journal {
  append(arrival: Arrival): void;
  appendAll(bundle: Bundle): void;
  /** Where a message stands has changed; what is stored is where it stands when its group is made up. */
  moved(seq: number, slot: number): void;
  removed(seq: number): void;
  /** Anything else to be stored; of moves of one seq that wait, the last. */
  note(change: Extract<Change, { kind: "forget" | "pause" | "move" }>): void;
  /** Calls back with `null` once everything noted so far is on disk, with an error where the journal is stopped before. */
  afterwards(settled: (error: unknown) => void): void;
  /** Resolves once nothing waits any more, or the store has failed. */
  idle(): Promise<void>;
  /** Stores nothing more; pushes that wait are refused with `error`. */
  stop(error: unknown): void;
  /** Why nothing can be stored now; `null` where it can. */
  readonly failure: unknown;
}

export interface JournalOptions {
  readonly store: QueueStore;
  /** Where a message stands; `null` where it is gone, and its slot another one's. */
  readonly standing: (seq: number, slot: number) => Standing | null;
  /** Calls back after a pause, before the next attempt of a store that failed. */
  readonly pause: (run: () => void) => void;
  /** Told of a push or a mark that threw when it was told: a mistake of ours, which is not to stop the others. */
  readonly onError: (error: unknown) => void;
  /** Told when a commit begins, and how it ended: `error` is null where all is well. */
  readonly observe: { begin(): void; end(changes: number, error: unknown): void };
}

/** Changes of one group, and bytes of its pushes: making it up takes time for each, and the event loop is not to be held up. */
const maxGroup = 2000;
const maxGroupBytes = 4 * 1024 * 1024;
/** Of what is no message. */
const noSlot = -1;

/**
 * A message that has moved; where to is looked up when its group is made up, or `noted` where what moved is no message.
 * `void` where that is not needed any more.
 */
type Move = { kind: "moved" | "void"; readonly seq: number; readonly slot: number; noted: Standing | null };
type Mark = { readonly kind: "mark"; readonly settled: (error: unknown) => void };
type Plain = Arrival | Exclude<Change, { kind: "append" }>;
type Pushes = Bundle & { readonly kind: "appends" };
type Entry = Plain | Pushes | Move | Mark;

export function createJournal({ store, standing, pause, onError, observe }: JournalOptions): Journal {
  let entries: Entry[] = [];
  /** Moves that wait, by seq: one is enough, and none where the message goes. */
  const moves = new Map<number, Move>();
  let running = false;
  let stopped: unknown = null;
  let failure: unknown = null;
  let idlers: (() => void)[] = [];

  function add(entry: Entry): void {
    if (stopped !== null) return tell(entry, stopped);
    entries.push(entry);
    if (running) return;
    running = true;
    // Not at once: what else happens in this turn belongs to the same group.
    void Promise.resolve().then(run);
  }

  async function run(): Promise<void> {
    while (entries.length > 0 && stopped === null) {
      const group = entries.splice(0, groupSize());
      const error = await commit(group);
      if (error === null) for (const entry of group) tell(entry, null);
      else if (!fail(group, error)) return;
    }
    running = false;
    // Nothing is left that could be tried again: the next push finds out.
    failure = null;
    settle();
  }

  /** How many entries make up the next group: one at least. */
  function groupSize(): number {
    let bytes = 0;
    for (let size = 0; size < entries.length && size < maxGroup; size++) {
      const entry = entries[size]!;
      bytes += bodyBytes(entry);
      if (bytes > maxGroupBytes && size > 0) return size;
    }
    return maxGroup;
  }

  async function commit(group: readonly Entry[]): Promise<unknown> {
    const changes: Change[] = [];
    for (const entry of group) {
      if (entry.kind === "moved") {
        moves.delete(entry.seq);
        const now = entry.noted ?? standing(entry.seq, entry.slot);
        if (now !== null) changes.push({ kind: "move", seq: entry.seq, standing: now });
      } else if (entry.kind === "appends") {
        for (const append of entry.appends) changes.push({ kind: "append", ...append });
      } else if (isPlain(entry)) changes.push(entry);
    }
    if (changes.length === 0) return null;
    observe.begin();
    try {
      await store.commit(changes);
      failure = null;
    } catch (error) {
      failure = error ?? new Error("the store gives no reason");
    }
    observe.end(changes.length, failure);
    return failure;
  }

  /** Tells whoever waits for an entry what became of it. */
  function tell(entry: Entry, error: unknown): void {
    if (!isPush(entry) && entry.kind !== "mark") return;
    try {
      entry.settled(error);
    } catch (mistake) {
      onError(mistake);
    }
  }

  /** Refuses the pushes of a group and keeps the rest; false where it is to be tried again only after a pause. */
  function fail(group: readonly Entry[], error: unknown): boolean {
    const kept: Entry[] = group.filter((entry) => !isPush(entry));
    const hadPushes = kept.length < group.length;
    for (const entry of kept) if (entry.kind === "moved") retake(entry);
    entries = kept.concat(entries);
    for (const entry of group) if (isPush(entry)) tell(entry, error);
    // Without the pushes it may fit: what removes messages makes room.
    if (hadPushes) return true;
    refuseWaiting(error);
    settle();
    pause(() => void run());
    return false;
  }

  /** Makes a move wait again, unless its message has moved once more meanwhile. */
  function retake(entry: Move): void {
    if (moves.has(entry.seq)) entry.kind = "void";
    else moves.set(entry.seq, entry);
  }

  /** Nothing can be stored for a while, so those who push are told at once. */
  function refuseWaiting(error: unknown): void {
    const refused = entries;
    entries = entries.filter((entry) => !isPush(entry));
    for (const entry of refused) if (isPush(entry)) tell(entry, error);
  }

  function settle(): void {
    const waiting = idlers;
    idlers = [];
    for (const resolve of waiting) resolve();
  }

  function move(seq: number, slot: number, noted: Standing | null): void {
    const entry: Move = { kind: "moved", seq, slot, noted };
    moves.set(seq, entry);
    add(entry);
  }

  function push(entry: Arrival | Pushes): void {
    if (stopped === null && failure === null) add(entry);
    else entry.settled(stopped ?? failure);
  }

  return {
    append: push,
    appendAll: (bundle) => push({ kind: "appends", ...bundle }),
    moved(seq, slot) {
      if (!moves.has(seq)) move(seq, slot, null);
    },
    removed(seq) {
      const move = moves.get(seq);
      if (move !== undefined) {
        move.kind = "void";
        moves.delete(seq);
      }
      add({ kind: "remove", seq });
    },
    note(change) {
      if (change.kind !== "move") return add(change);
      const waiting = moves.get(change.seq);
      if (waiting === undefined) move(change.seq, noSlot, change.standing);
      else waiting.noted = change.standing;
    },
    afterwards: (settled) => add({ kind: "mark", settled }),
    idle: () => (running && failure === null ? new Promise((resolve) => idlers.push(resolve)) : Promise.resolve()),
    stop(error) {
      stopped = error;
      const left = entries;
      entries = [];
      for (const entry of left) tell(entry, error);
      settle();
    },
    get failure() {
      return stopped ?? failure;
    },
  };
}

/** Whether an entry is a change as it is. */
function isPlain(entry: Entry): entry is Plain {
  return entry.kind !== "moved" && entry.kind !== "void" && entry.kind !== "mark" && entry.kind !== "appends";
}

/** Whether an entry is refused where it cannot be stored. */
function isPush(entry: Entry): entry is Arrival | Pushes {
  return entry.kind === "append" || entry.kind === "appends";
}

function bodyBytes(entry: Entry): number {
  if (entry.kind === "append") return entry.message.body.byteLength;
  if (entry.kind !== "appends") return 0;
  return entry.appends.reduce((sum, { message }) => sum + message.body.byteLength, 0);
}
