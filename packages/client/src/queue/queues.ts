import type { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import { checkPayload } from "../messaging/schema-check.ts";
import type { Target } from "../query/query.ts";
import type { Link } from "../session/link.ts";
import { type ConsumerParts, createConsumer, type Grip, type Hands, type OpenConsumer } from "./consumer.ts";
import { readDelivery } from "./delivery.ts";
import { createDesk, type Desk } from "./desk.ts";
import { createHandler } from "./handler.ts";
import { createLeases } from "./leases.ts";
import { createLoop, type Loop } from "./loop.ts";
import { createPush } from "./push.ts";
import type { ConsumeOptions, Consumer, Job, Jobs, Pushed, PushOptions } from "./queue.ts";
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
export function createQueues(core: Core & { refusal(): SingyeongError | null }): Queues {
  const { session, hub, routes } = core;
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
    lost(session.link);
    for (const { fill } of consumers) fill();
  });
  hub.on("goodbye", () => lost(null));
  hub.on("disconnected", () => lost(null));
  hub.on("draining", () => {
    for (const { stop } of consumers) void stop();
  });
  hub.on("closed", ({ error }) => {
    lost(null);
    for (const { end } of consumers) end(error);
  });
  core.inbox.attend({
    get busy() {
      return consumers.size > 0;
    },
    whenIdle: (run) => void Promise.all([...consumers].map(({ closed }) => closed())).then(run),
  });

  /** Every connection but this one is gone: the servers have taken what it held. */
  function lost(present: Link | null): void {
    leases.lost(present);
    for (const desk of desks.values()) desk.lost(present);
  }

  function open(
    refusal: SingyeongError | null,
    queue: string,
    options: ConsumeOptions,
    createHands: (grip: Grip) => Hands,
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
    if (refusal !== null || core.refusal() !== null) consumer.end(refusal);
    else consumer.start();
    return consumer;
  }

  function handle(
    refusal: SingyeongError | null,
    queue: string,
    handler: (job: Job) => unknown,
    options: ConsumeOptions,
  ): Consumer {
    const { stop, closed } = open(refusal, queue, options, (grip) => createHandler(handler, hub, grip));
    return { stop, closed, [Symbol.asyncDispose]: stop };
  }

  function iterate(refusal: SingyeongError | null, queue: string, options: ConsumeOptions): Jobs {
    let loop: Loop;
    const { stop, closed } = open(refusal, queue, options, (grip) => {
      loop = createLoop(grip);
      return loop;
    });
    async function leave(): Promise<IteratorResult<Job, undefined>> {
      loop.leave();
      await stop();
      return { done: true, value: undefined };
    }
    const jobs: Jobs = {
      next: () => loop.next(),
      return: leave,
      stop,
      closed,
      [Symbol.asyncIterator]: () => jobs,
      [Symbol.asyncDispose]: async () => void (await leave()),
    };
    return jobs;
  }

  return {
    push: createPush(core),
    consume: (refusal, queue, [first, second]) =>
      typeof first === "function"
        ? handle(refusal, queue, first as never, second ?? {})
        : iterate(refusal, queue, first ?? {}),
  };
}
