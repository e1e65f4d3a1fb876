import type { Value } from "./value.ts";

/** A dispatch to the client that sent an event: `t` and `d` of its frame. */
export interface Reply {
  readonly event: string;
  readonly d: Value;
}

/**
 * Goes on. `undo` is whatever the plugin needs to take back what it did: where a plugin behind it fails, the plugin's `undo`
 * gets it. Without it there is nothing to take back.
 */
export interface Next<T> {
  readonly next: T;
  readonly undo?: unknown;
}

/** Ends the event: no plugin behind gets it, the server does not carry it out, and nobody is told. */
export interface Halt {
  readonly halt: true;
}

/**
 * Ends the event as failed. Plugins in front that gave `undo` take back what they did, and so does this one where it gives
 * one; then the sender gets op 3 with the code `plugin/failed` and this reason in `extra_info`.
 */
export interface Failure {
  /** For the sender to read, so without secrets. */
  readonly error: string;
  readonly undo?: unknown;
}

/** What comes of an event of one's own; nothing at all is an event that is not answered. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler may return nothing at all
export type OwnOutcome = Next<Reply | readonly Reply[]> | Halt | Failure | undefined | void;

/** What comes of looking at an event that passes: `next` is its `d` from here on; nothing at all leaves it as it is. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler may return nothing at all
export type PassOutcome = Next<Value> | Halt | Failure | undefined | void;

/** Goes on: with replies for an event of one's own, with another `d` for one that passes. */
export function next<T>(value: T, undo?: unknown): Next<T> {
  return undo === undefined ? { next: value } : { next: value, undo };
}

/** Ends the event without a word. */
export const halt: Halt = Object.freeze({ halt: true });

/** Ends the event as failed, for a reason that its sender may read. */
export function fail(reason: string, undo?: unknown): Failure {
  return undo === undefined ? { error: reason } : { error: reason, undo };
}
