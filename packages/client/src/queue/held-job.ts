import type { Link } from "../session/link.ts";
import { createHeld, type Held, signalOf } from "../work/held.ts";
import type { Delivery } from "./delivery.ts";
import type { Job, NackOptions } from "./queue.ts";

/** A job that was given to this client, and how it stands with it. Its deadline is when its lease is to be extended. */
export type HeldJob = Held<Delivery, Job>;

/** What a job can be asked to do with itself. */
export interface JobActions {
  settle(held: HeldJob, event: "QUEUE_ACK" | "QUEUE_NACK", options?: NackOptions): Promise<void>;
  extend(held: HeldJob, ms: number): Promise<void>;
}

export function createHeldJob(delivery: Delivery, payload: unknown, link: Link, actions: JobActions): HeldJob {
  return createHeld<Delivery, Job>(delivery, link, (held) => new ReceivedJob(held, payload, actions));
}

/** A class for its prototype: jobs come by the thousand. */
class ReceivedJob implements Job {
  readonly id: string;
  readonly queue: string;
  readonly payload: unknown;
  readonly attempt: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly #held: HeldJob;
  readonly #actions: JobActions;

  constructor(held: HeldJob, payload: unknown, actions: JobActions) {
    const { id, queue, attempt, headers } = held.delivery;
    this.id = id;
    this.queue = queue;
    this.payload = payload;
    this.attempt = attempt;
    this.headers = headers;
    this.#held = held;
    this.#actions = actions;
  }

  get signal(): AbortSignal {
    return signalOf(this.#held);
  }

  ack(): Promise<void> {
    return this.#actions.settle(this.#held, "QUEUE_ACK");
  }

  nack(options?: NackOptions): Promise<void> {
    return this.#actions.settle(this.#held, "QUEUE_NACK", options);
  }

  extend(ms: number): Promise<void> {
    return this.#actions.extend(this.#held, ms);
  }
}
