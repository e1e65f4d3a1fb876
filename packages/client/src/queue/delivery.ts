import type { Frame } from "../codec/wire-codec.ts";
import { fieldsOf } from "../session/answers.ts";

/** A message that a queue gave to this client, as it came. */
export interface Delivery {
  readonly queue: string;
  readonly id: string;
  readonly attempt: number;
  readonly payload: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

const none: Delivery["headers"] = Object.freeze({});

/** Reads a QUEUE; `null` where it is none. */
export function readDelivery(frame: Frame): Delivery | null {
  const { payload: message, headers } = fieldsOf(frame);
  if (typeof message !== "object" || message === null) return null;
  const { queue, id, attempt, payload } = message as Readonly<Record<string, unknown>>;
  if (typeof queue !== "string" || typeof id !== "string" || typeof attempt !== "number") return null;
  const given = typeof headers === "object" && headers !== null;
  return { queue, id, attempt, payload, headers: given ? (headers as Delivery["headers"]) : none };
}
