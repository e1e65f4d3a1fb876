import type { Value } from "@singyeong/protocol";
import type { Halt, HookClient, HookError } from "../../ports/hooks.ts";
import { EventCall } from "./event-call.ts";
import type { Ran } from "./guard.ts";
import { type Read, readOutcome } from "./outcome.ts";
import type { Part, Soon } from "./part.ts";
import { toPlain } from "./plain-value.ts";
import { type Undoable, undoAll, undoOne } from "./undo.ts";

/** An event on its way through plugins. */
export interface Passage {
  readonly event: string;
  readonly direction: "in" | "out" | "own";
  readonly client: HookClient;
  /** As it came. */
  readonly before: Value;
  /** The same as plugins know it, and then what they have made of it. */
  d: Value;
  isChanged: boolean;
  /** What its sender is answered. */
  readonly frames: Frame[];
  readonly done: Undoable[];
}

type Frame = { readonly t: string; readonly d: Value };

/** A way through plugins, in their order. */
export interface Way<T> {
  readonly parts: readonly Part[];
  /** The hook's name, for logs and figures. */
  readonly hook: string;
  /** A plugin that is out of traffic is passed by; otherwise the event fails. */
  readonly skipsOut: boolean;
  /** Calls a plugin. */
  call(part: Part, call: EventCall): unknown;
  /** Takes in what a plugin gave on; tells what is wrong with it, or `null`. */
  take(passage: Passage, given: unknown): string | null;
  /** What comes of an event that nobody ended before. */
  finish(passage: Passage): T;
}

export function beginPassage(
  event: string,
  direction: Passage["direction"],
  client: HookClient,
  before: Value,
): Passage {
  return { event, direction, client, before, d: toPlain(before), isChanged: false, frames: [], done: [] };
}

type Ended<T> = T | Halt | HookError;
const halted: Halt = { kind: "halt" };

/** Takes an event through plugins. What they all say at once is there at once. Never throws or rejects. */
export function passThrough<T>(way: Way<T>, passage: Passage, from = 0): Soon<Ended<T>> {
  for (let at = from; at < way.parts.length; at++) {
    const ended = step(way, passage, way.parts[at]!);
    if (ended instanceof Promise) return ended.then((late) => late ?? passThrough(way, passage, at + 1));
    if (ended !== null) return ended;
  }
  return way.finish(passage);
}

/** One plugin; `null` where the event goes on. */
function step<T>(way: Way<T>, passage: Passage, part: Part): Soon<Ended<T> | null> {
  const { guard } = part;
  if (way.skipsOut && guard.isOut()) {
    guard.fail(way.hook, "isolated");
    return null;
  }
  const call = new EventCall(passage.direction, passage.event, passage.d, passage.client);
  const ran = guard.run(
    way.hook,
    call,
    () => way.call(part, call),
    (value) => undoLate(part, passage, value),
  );
  return ran instanceof Promise
    ? ran.then((late) => settle(way, passage, part, late))
    : settle(way, passage, part, ran);
}

function settle<T>(way: Way<T>, passage: Passage, part: Part, ran: Ran): Soon<Ended<T> | null> {
  if (!ran.ok) return fail(passage, ran.reason);
  const read = readSafely(ran.value);
  if (read === null) return fail(passage, complain(way, part, "what it returned is no outcome"));
  if (read.kind === "halt") return halted;
  if (read.undo !== undefined) passage.done.push({ part, state: read.undo });
  if (read.kind === "error") {
    part.guard.fail(way.hook, "refused");
    return fail(passage, read.reason);
  }
  if (read.value === undefined) return null;
  const fault = takeSafely(way, passage, read.value);
  return fault === null ? null : fail(passage, complain(way, part, fault));
}

function complain<T>(way: Way<T>, { guard }: Part, fault: string): string {
  return guard.fail(way.hook, "invalid", new TypeError(fault)).reason;
}

/** Objects of plugins may have getters, and those may throw. */
function readSafely(returned: unknown): Read | null {
  try {
    return readOutcome(returned);
  } catch {
    return null;
  }
}

function takeSafely<T>(way: Way<T>, passage: Passage, given: unknown): string | null {
  try {
    return way.take(passage, given);
  } catch (error) {
    return `what it returned cannot be read: ${error}`;
  }
}

function fail({ event, direction, client, done }: Passage, reason: string): Soon<HookError> {
  const undoErrors = done.length === 0 ? [] : undoAll(done, { event, direction, client, reason });
  return undoErrors instanceof Promise
    ? undoErrors.then((errors) => ({ kind: "error", reason, undoErrors: errors }))
    : { kind: "error", reason, undoErrors };
}

/** Its event has failed meanwhile: what it did is taken back on its own. */
function undoLate(part: Part, { event, direction, client }: Passage, returned: unknown): void {
  const read = readSafely(returned);
  if (read === null || read.kind === "halt" || read.undo === undefined) return;
  void undoOne({ part, state: read.undo }, { event, direction, client, reason: "it took too long" });
}
