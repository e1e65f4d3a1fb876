import type { SingyeongError } from "../errors.ts";
import type { Timed } from "../messaging/deadlines.ts";
import type { Link } from "../session/link.ts";
import type { Delivery } from "./delivery.ts";
import type { Job, NackOptions } from "./queue.ts";

/** A job that was given to this client, and how it stands with it. Its deadline is when its lease is to be extended. */
export interface HeldJob extends Timed {
  readonly delivery: Delivery;
  /** The connection that it came on, and on which alone it can be settled. */
  readonly link: Link;
  /** What users get. */
  readonly job: Job;
  /** What settles it, once that is on its way. */
  settling: Promise<void> | null;
  /** Whether nobody works on it any more: where it could not be settled then, its lease runs out. */
  done: boolean;
  /** Why it is ours no longer; `null` while it is. */
  lost: SingyeongError | null;
  /** Aborts `job.signal`; made when somebody asks for that. */
  controller: AbortController | null;
  /** Told when it is about to be settled. */
  settled(): void;
}

/** What a job can be asked to do with itself. */
export interface JobActions {
  settle(held: HeldJob, event: "QUEUE_ACK" | "QUEUE_NACK", options?: NackOptions): Promise<void>;
  extend(held: HeldJob, ms: number): Promise<void>;
}

export function createHeldJob(delivery: Delivery, payload: unknown, link: Link, actions: JobActions): HeldJob {
  const held: HeldJob = {
    delivery,
    link,
    job: null as never,
    settling: null,
    done: false,
    lost: null,
    controller: null,
    deadlineMs: Number.POSITIVE_INFINITY,
    settled: () => {},
  };
  return Object.assign(held, { job: new ReceivedJob(held, payload, actions) });
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
    const held = this.#held;
    if (held.controller === null) {
      held.controller = new AbortController();
      if (held.lost !== null) held.controller.abort(held.lost);
    }
    return held.controller.signal;
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
