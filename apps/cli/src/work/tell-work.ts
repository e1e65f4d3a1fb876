import type { Failure } from "../failure.ts";
import { escapeText } from "../output/escape.ts";
import { plural } from "../output/nodes.ts";
import type { Session } from "../session.ts";
import { tellStatus } from "../watch/watch-status.ts";
import type { CommandEnd } from "./command-runner.ts";

/** How the command for a piece of work ended; programs are told each time, and know the work by `record`. */
export function tellEnd(session: Session, id: string, record: object, { exitCode, signal }: CommandEnd): void {
  if (session.out.json) session.out.record({ ...record, done: exitCode === 0, exitCode, signal });
  else if (exitCode !== 0) {
    const how = signal ?? `exit code ${exitCode}`;
    tellStatus(session, { type: "failed", message: `${escapeText(id)} failed (${how}), and was given back.` });
  }
}

/** It is no longer ours, or nobody could be told. */
export function tellLoss(session: Session, id: string, { code, message }: Failure): void {
  const told = `${escapeText(id)} could not be acknowledged, and comes back: ${escapeText(message)}.`;
  tellStatus(session, { type: "lost", code, message: told });
}

/** Ctrl-C was pressed, and so much is still in hand. */
export function tellFinishing({ out }: Session, inHand: number, noun: string): void {
  out.note(out.paintNote("faint", `Finishing ${plural(inHand, noun)}. Ctrl-C again ends it at once.`));
}

/** What became of all that was begun. */
export function tellTally(
  { out }: Session,
  { done, failed, lost }: { readonly done: number; readonly failed: number; readonly lost: number },
  noun: string,
): void {
  const bad = (count: number, what: string): string =>
    count === 0 ? "" : `, ${out.paintNote("bad", `${count} ${what}`)}`;
  const sum = out.paintNote("faint", `${plural(done, noun)} done`);
  out.note(`${sum}${bad(failed, "failed")}${bad(lost, "not acknowledged")}`);
}
