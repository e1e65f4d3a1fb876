import type { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import { checkPayload } from "../messaging/schema-check.ts";
import { unaskedFor } from "../messaging/unasked.ts";
import type { Target } from "../query/query.ts";
import { attend } from "../work/attend.ts";
import type { Consumer } from "../work/consumer.ts";
import type { Grip, Hands } from "../work/hands.ts";
import { handleWork, iterateWork } from "../work/open-work.ts";
import { type ConsumerParts, createConsumer, type OpenConsumer } from "./consumer.ts";
import { readDelivery } from "./delivery.ts";
import { createDesk, type Desk } from "./desk.ts";
import { extension } from "./extension.ts";
import type { HeldJob } from "./held-job.ts";
import { createLeases } from "./leases.ts";
import { createPush } from "./push.ts";
import type { ConsumeOptions, Job, Jobs, Pushed, PushOptions } from "./queue.ts";
import { validatorOf } from "./validator.ts";

/** What a client does with queues. */
export interface Queues {
  /** `refusal` is why nothing new might be sent when this was asked for, here and below; `null` where it might. */
  push(
    refusal: SingyeongError | null,
    queue: string,
    target: Target<never>,
    payload: unknown,
    options?: PushOptions,
  ): Promise<Pushed>;
  /** `args` as for `Queue.consume`. What is not made for loops has no `next` and `return`. */
  consume(refusal: SingyeongError | null, queue: string, args: readonly unknown[]): Consumer | Jobs;
}

/** `core.refusal` is why nothing new may be sent now. */
export function createQueues(core: Core): Queues {
  const { session, hub, routes } = core;
  const unasked = unaskedFor(core, extension);
  const leases = createLeases(core);
  const desks = new Map<string, Desk>();
  const consumers = new Set<OpenConsumer>();

  Object.assign(routes, {
    QUEUE(frame) {
      const delivery = readDelivery(frame);
      // What comes while no connection stands is of one that was left: whoever leaves gives up what it holds.
      if (delivery === null || session.link === null || leases.holds(delivery)) return;
      if (desks.get(delivery.queue)?.deliver(delivery)) return;
      // Given to somebody who has left meanwhile.
      const held = Object.assign(leases.hold(delivery, null), { done: true });
      leases.settle(held, "QUEUE_NACK", { delayMs: 0 });
    },
    QUEUE_CONFIRM: routes.QUERY_NODES!,
    QUEUE_SETTLED: routes.DISPATCHED!,
    QUEUE_EXTENDED: routes.DISPATCHED!,
  } satisfies Core["routes"]);

  hub.on("connected", () => {
    for (const { fill } of consumers) fill();
  });
  session.onDown((link) => {
    leases.lost(link);
    for (const { lost } of desks.values()) lost();
  });
  attend(core, consumers);

  function open(
    refusal: SingyeongError | null,
    queue: string,
    options: ConsumeOptions,
    createHands: (grip: Grip<HeldJob>) => Hands<HeldJob>,
  ): OpenConsumer {
    const desk = desks.get(queue) ?? createDesk(queue, core);
    desks.set(queue, desk);
    const validator = validatorOf(core.declared, queue);
    const parts: ConsumerParts = {
      core,
      leases,
      desk,
      read: (payload) => checkPayload(validator, payload),
      ended() {
        consumers.delete(consumer);
        if (desk.workers.size === 0 && desks.get(queue) === desk) desks.delete(queue);
      },
    };
    const consumer = createConsumer(parts, options, createHands);
    consumers.add(consumer);
    // A drain that has begun while all of this was being loaded leaves it nothing to do.
    const problem = refusal ?? unasked;
    if (problem !== null || core.refusal() !== null) consumer.end(problem);
    else consumer.start();
    return consumer;
  }

  const push = createPush(core);

  return {
    push: (refusal, ...args) => push(refusal ?? unasked, ...args),
    consume(refusal, queue, [first, second]) {
      if (typeof first !== "function") {
        const options: ConsumeOptions = first ?? {};
        return iterateWork<HeldJob, OpenConsumer>((createHands) => open(refusal, queue, options, createHands));
      }
      const handle = ({ item }: HeldJob): unknown => (first as (job: Job) => unknown)(item);
      return handleWork(
        handle,
        () => `the handler of ${queue}`,
        hub,
        (createHands) => open(refusal, queue, second ?? {}, createHands),
      );
    },
  };
}
