import type { SingyeongError } from "../errors.ts";
import { refused } from "../messaging/quiet.ts";
import type { Grip, Hands, Verdict } from "./hands.ts";
import type { Held } from "./held.ts";

/** Hands whose jobs are read one after the other; the reader is done with one when it asks for the next. */
export interface Loop<H extends Held> extends Hands<H> {
  next(): Promise<IteratorResult<H["item"], undefined>>;
  /** The reader has left, for better or worse: what it had is refused, what it had not come to is given back. */
  leave(): void;
}

const end = { done: true, value: undefined } as const;

export function createLoop<H extends Held>(grip: Grip<H>): Loop<H> {
  /** What the reader has. */
  const given = new Set<H>();
  let waiting: H[] = [];
  let readers: PromiseWithResolvers<IteratorResult<H["item"], undefined>>[] = [];
  let open = true;
  let reason: SingyeongError | null = null;

  function give(held: H): IteratorResult<H["item"], undefined> {
    given.add(held);
    return { done: false, value: held.item };
  }

  /** At once, and to whoever comes first: they have not been begun with. */
  function giveBack(): void {
    const unread = waiting;
    waiting = [];
    for (const held of unread) grip.settle(held, "return");
  }

  function settleGiven(verdict: Verdict): void {
    const done = [...given];
    given.clear();
    for (const held of done) grip.settle(held, verdict);
  }

  /** The result of asking for more when no more will come: the first who asks is told why. */
  function finish(): Promise<IteratorResult<H["item"], undefined>> {
    if (reason === null) return Promise.resolve(end);
    const error = reason;
    reason = null;
    return refused(error);
  }

  function dismissReaders(): void {
    const dismissed = readers;
    readers = [];
    for (const { resolve } of dismissed) resolve(finish());
  }

  return {
    take(held) {
      held.settled = () => grip.release(held);
      if (!open) return grip.settle(held, "return");
      const reader = readers.shift();
      if (reader === undefined) waiting.push(held);
      else reader.resolve(give(held));
    },
    stop() {
      open = false;
      giveBack();
      dismissReaders();
    },
    end(error) {
      open = false;
      reason = error;
      giveBack();
      dismissReaders();
    },
    next() {
      settleGiven("ack");
      for (let held = waiting.shift(); held !== undefined; held = waiting.shift()) {
        if (held.lost === null) return Promise.resolve(give(held));
        grip.release(held);
      }
      if (!open) return finish();
      const reader = Promise.withResolvers<IteratorResult<H["item"], undefined>>();
      readers.push(reader);
      return reader.promise;
    },
    leave() {
      settleGiven("nack");
    },
  };
}
