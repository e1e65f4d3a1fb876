import type { SingyeongError } from "../errors.ts";

/** How work on something ends. */
export type Verdict =
  /** It is done. */
  | "ack"
  /** It failed. */
  | "nack"
  /** Nobody has begun with it: it goes to whoever comes first. */
  | "return";

/** Whatever works on what a consumer gets: a handler, or the reader of a loop. */
export interface Hands<H> {
  take(held: H): void;
  /** Nothing more is wanted: gives back what nobody has begun with. */
  stop(): void;
  /** It is over, whatever is still at work. */
  end(error: SingyeongError | null): void;
}

/** What hands do to their consumer. */
export interface Grip<H> {
  /** Settles something, unless that has been done, and releases it. Where it cannot be settled, that is reported. */
  settle(held: H, verdict: Verdict): void;
  /** It has no place in hand any more: something else may come for it. */
  release(held: H): void;
}
