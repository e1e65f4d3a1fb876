import type { Frame } from "../codec/wire-codec.ts";
import { fieldsOf } from "../session/answers.ts";

/** A message that was published to a topic, as it came. */
export interface EventDelivery {
  readonly id: string;
  readonly topic: string;
  readonly group: string;
  readonly attempt: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly wantsReply: boolean;
  readonly payload: unknown;
}

const none: EventDelivery["headers"] = Object.freeze({});

/** Reads an EVENT; `null` where it is none. */
export function readEvent(frame: Frame): EventDelivery | null {
  const { id, topic, group, attempt, headers, reply, payload } = fieldsOf(frame);
  if (typeof id !== "string" || typeof topic !== "string" || typeof group !== "string") return null;
  if (typeof attempt !== "number") return null;
  const given = typeof headers === "object" && headers !== null;
  return {
    id,
    topic,
    group,
    attempt,
    headers: given ? (headers as EventDelivery["headers"]) : none,
    wantsReply: reply === true,
    payload,
  };
}
