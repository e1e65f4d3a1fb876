import type { SingyeongError } from "../errors.ts";
import type { WireMetadata } from "../metadata/types.ts";

/** What this client says about itself: what the server has taken, and changes that it has not yet. */
export interface MetadataRegister {
  /** What is in force, for identify and for people. */
  readonly confirmed: WireMetadata;
  /** Puts a change in line. What it gives takes the change out again, unless it is under way. */
  change(changes: WireChanges, done: (error: SingyeongError | null) => void): () => void;
  /** Sends what is in line, as one update, unless one is under way. */
  flush(): void;
  /** The connection is gone: what was under way is in line again, for setting twice does no harm. */
  rewind(): void;
  close(error: SingyeongError): void;
}

/** `null` removes a key. */
export type WireChanges = { readonly [key: string]: WireMetadata[string] | null };

interface Change {
  readonly changes: WireChanges;
  /** True for one of several that were refused together: it is tried by itself, so that only the bad one fails. */
  alone: boolean;
  /** Given up by who made it: not sent any more, unless it is under way. */
  withdrawn: boolean;
  readonly done: (error: SingyeongError | null) => void;
}

/**
 * `send` hands an update over; false where no connection stands. It calls `answered` with a refusal, or with `null`
 * once the server has taken it.
 */
export function createMetadataRegister(
  initial: WireMetadata,
  send: (changes: WireChanges, answered: (error: SingyeongError | null) => void) => boolean,
): MetadataRegister {
  let confirmed: WireMetadata = initial;
  let line: Change[] = [];
  let underWay: readonly Change[] = [];

  /** Takes from the line what goes as one update. */
  function takeBatch(): readonly Change[] {
    const first = line.findIndex(({ alone }) => alone);
    return line.splice(0, first === 0 ? 1 : first < 0 ? line.length : first);
  }

  function flush(): void {
    if (underWay.length > 0 || line.length === 0) return;
    const batch = takeBatch();
    const merged: WireChanges = Object.fromEntries(batch.flatMap(({ changes }) => Object.entries(changes)));
    underWay = batch;
    const sent = send(merged, (error) => {
      if (underWay !== batch) return;
      underWay = [];
      if (error === null) confirmed = apply(confirmed, merged);
      if (error !== null && batch.length > 1 && !error.code.startsWith("client/")) {
        for (const change of batch) change.alone = true;
        putBack(batch);
      } else for (const { done } of batch) done(error);
      flush();
    });
    if (!sent) rewind();
  }

  function putBack(batch: readonly Change[]): void {
    line = [...batch, ...line].filter(({ withdrawn }) => !withdrawn);
  }

  function rewind(): void {
    putBack(underWay);
    underWay = [];
  }

  return {
    get confirmed() {
      return confirmed;
    },
    change(changes, done) {
      const change: Change = { changes, alone: false, withdrawn: false, done };
      line.push(change);
      flush();
      return () => {
        change.withdrawn = true;
        putBack([]);
      };
    },
    flush,
    rewind,
    close(error) {
      rewind();
      for (const { done } of line.splice(0)) done(error);
    },
  };
}

function apply(metadata: WireMetadata, changes: WireChanges): WireMetadata {
  const merged = { ...metadata, ...changes };
  return Object.fromEntries(Object.entries(merged).filter(([, entry]) => entry !== null)) as WireMetadata;
}
