import type { SingyeongError } from "../errors.ts";
import type { Timed } from "../messaging/deadlines.ts";
import type { Link } from "../session/link.ts";

/** What came to be worked on, as far as others have to know. */
export interface Given {
  readonly id: string;
  readonly attempt: number;
}

/** Something that was given to this client to work on, and how it stands with it. */
export interface Held<D extends Given = Given, I = unknown> extends Timed {
  readonly delivery: D;
  /** The connection that it came on, and on which alone it can be settled. */
  readonly link: Link;
  /** What users get. */
  readonly item: I;
  /** What settles it, once that is on its way. */
  settling: Promise<void> | null;
  /** Whether nobody works on it any more: where it could not be settled then, its time runs out. */
  done: boolean;
  /** Why it is ours no longer; `null` while it is. */
  lost: SingyeongError | null;
  /** Aborts what `signalOf` gives; made when somebody asks for that. */
  controller: AbortController | null;
  /** Told when it is about to be settled. */
  settled(): void;
}

export function createHeld<D extends Given, I>(
  delivery: D,
  link: Link,
  createItem: (held: Held<D, I>) => I,
): Held<D, I> {
  const held: Held<D, I> = {
    delivery,
    link,
    item: null as never,
    settling: null,
    done: false,
    lost: null,
    controller: null,
    deadlineMs: Number.POSITIVE_INFINITY,
    settled: () => {},
  };
  return Object.assign(held, { item: createItem(held) });
}

/** Aborted when it is lost. */
export function signalOf(held: Held): AbortSignal {
  if (held.controller === null) {
    held.controller = new AbortController();
    if (held.lost !== null) held.controller.abort(held.lost);
  }
  return held.controller.signal;
}
