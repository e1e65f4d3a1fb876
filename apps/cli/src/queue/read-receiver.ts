import type { Query } from "@singyeong/client";
import { formatTarget } from "../target/format-target.ts";

/** Who a message of a queue is for. */
export interface Receiver {
  /** What it was published to; `null` where it was pushed. */
  readonly topic: string | null;
  /** Whether it is gone with its server. */
  readonly isInMemory: boolean;
  /** As on a command line; `null` where any member of the group will do. */
  readonly target: string | null;
}

/** Reads what a queue keeps for a target: a query, or in the queue of a group `{topic, memory?, target?}`. */
export function readReceiver(kept: Query): Receiver {
  const { topic, memory, target } = kept as { topic?: unknown; memory?: unknown; target?: Query | null };
  if (typeof topic !== "string") return { topic: null, isInMemory: false, target: formatTarget(kept) };
  return { topic, isInMemory: memory === true, target: formatMember(target ?? {}) };
}

/** Members of a group mostly are of no named application, which goes without saying. */
function formatMember(target: Query): string | null {
  const text = formatTarget(target);
  return text === "*" ? null : text.replace(/^\* /, "");
}
