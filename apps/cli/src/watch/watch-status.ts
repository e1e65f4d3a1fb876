import { setImmediate } from "node:timers/promises";
import type { Client, Status } from "@singyeong/client";
import { escapeText } from "../output/escape.ts";
import { formatJson } from "../output/json.ts";
import { plural } from "../output/nodes.ts";
import type { Session } from "../session.ts";

export interface Watching {
  /** What ended the work of the client, which whoever waits for that tells; not told here, too. */
  readonly ended?: Promise<Error | null>;
  /** What is told; everything where it is absent. */
  readonly only?: ReadonlySet<Status["type"]>;
}

/** Shows what happens to the connection, on standard error, until it is closed. */
export async function watchStatus(client: Client, session: Session, { ended, only }: Watching = {}): Promise<void> {
  let isGone = false;
  for await (const status of client.status()) {
    if (only?.has(status.type) === false) continue;
    // What ends the work is reported first, in the same turn.
    if (status.type === "error" && status.error === (await Promise.race([ended, setImmediate(null)]))) continue;
    // Of many attempts in vain the first is told.
    const text = isGone && status.type === "disconnected" && status.retryInMs !== null ? null : describe(status);
    if (status.type === "disconnected") isGone = true;
    if (status.type === "connected") isGone = false;
    if (text === null) continue;
    tellStatus(session, { type: status.type, message: text });
  }
}

/** Something that went otherwise than hoped and ends nothing. */
interface Told {
  readonly type: string;
  /** Of the error, where there was one. */
  readonly code?: string;
  readonly message: string;
}

/** Tells it on standard error: to programs as well, which may have to know that messages were dropped. */
export function tellStatus({ out, progress, system }: Session, status: Told): void {
  progress.clear();
  if (out.json) system.stderr.write(`${formatJson({ status })}\n`);
  else out.note(out.paintNote("unsure", status.message));
}

function describe(status: Status): string | null {
  switch (status.type) {
    case "connected":
      if (!status.again) return null;
      return `Connected again to ${escapeText(status.server)}${status.resumed ? ", and nothing was lost" : ""}.`;
    case "missed":
      return `${plural(status.count, "message")} that came meanwhile could not be kept, and were lost.`;
    case "disconnected":
      return `The connection is gone: ${escapeText(status.error.message)}.${status.retryInMs === null ? "" : " Trying again…"}`;
    case "goodbye":
      return `The server asks to go elsewhere: ${escapeText(status.reason)}.`;
    case "dropped":
      return `${status.count} messages came faster than they could be shown, and were dropped.`;
    case "error":
      return escapeText(status.error.message);
    case "joined":
    case "left":
    case "connecting":
    case "latency":
    case "draining":
    case "closed":
      return null;
  }
}

/** Shows who comes and goes, among the results, until the client is closed. */
export async function watchPresence(client: Client, { out }: Session): Promise<void> {
  for await (const status of client.status()) {
    if (status.type !== "joined" && status.type !== "left") continue;
    const { type, app, id } = status;
    if (out.json) out.record({ event: type === "joined" ? "JOINED" : "LEFT", app, id });
    else {
      const mark = type === "joined" ? out.paint("good", "+ joined") : out.paint("bad", "- left  ");
      out.line(`${mark}  ${escapeText(`${app} ${id}`)}`);
    }
  }
}
