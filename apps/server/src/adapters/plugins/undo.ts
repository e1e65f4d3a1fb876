import type { UndoCall } from "@singyeong/plugin";
import type { HookClient } from "../../ports/hooks.ts";
import { withDeadline } from "./deadline.ts";
import type { Part, Soon } from "./part.ts";

/** What a plugin has done for an event and could take back. */
export interface Undoable {
  readonly part: Part;
  readonly state: unknown;
}

/** The event that failed. */
export interface Undone {
  readonly event: string;
  readonly direction: UndoCall["direction"];
  readonly client: HookClient;
  readonly reason: string;
}

/**
 * Takes back what was done for an event, last to first, and does not stop at what fails. Returns what could not be taken
 * back, in words.
 */
export function undoAll(done: readonly Undoable[], undone: Undone): Soon<readonly string[]> {
  return undoFrom(done, done.length - 1, undone, []);
}

function undoFrom(
  done: readonly Undoable[],
  last: number,
  undone: Undone,
  errors: readonly string[],
): Soon<readonly string[]> {
  let failed = errors;
  for (let at = last; at >= 0; at--) {
    const error = undoOne(done[at]!, undone);
    if (error instanceof Promise) {
      const before = failed;
      return error.then((late) => undoFrom(done, at - 1, undone, note(before, late)));
    }
    failed = note(failed, error);
  }
  return failed;
}

const note = (errors: readonly string[], error: string | null): readonly string[] =>
  error === null ? errors : [...errors, error];

/** Has a plugin take back what it did, even one that is out of traffic. */
export function undoOne({ part, state }: Undoable, undone: Undone): Soon<string | null> {
  const { plugin, guard, context } = part;
  const call = withDeadline({ ...undone, state });
  const ran = guard.runAlways("undo", call, () => {
    if (plugin.undo === undefined) throw new Error("it gives something to undo, and has no undo");
    return plugin.undo(call as UndoCall, context);
  });
  const judge = ({ ok }: { readonly ok: boolean }): string | null =>
    ok ? null : `plugin ${plugin.name} could not undo what it did`;
  return ran instanceof Promise ? ran.then(judge) : judge(ran);
}
