import type { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import type { Checked } from "../messaging/schema-check.ts";
import type { CancelTimer } from "../platform/platform.ts";
import type { Consumer } from "../work/consumer.ts";
import type { Grip, Hands, Verdict } from "../work/hands.ts";
import { createStation } from "../work/station.ts";
import type { Desk, Worker } from "./desk.ts";
import type { HeldJob, JobActions } from "./held-job.ts";
import type { Leases } from "./leases.ts";
import type { ConsumeOptions } from "./queue.ts";

/** A consumer, and what befalls it. */
export interface OpenConsumer extends Worker, Pick<Consumer, "stop" | "closed"> {
  start(): void;
  end(error: SingyeongError | null): void;
}

export interface ConsumerParts {
  readonly core: Core;
  readonly leases: Leases;
  readonly desk: Desk;
  /** A payload as users get it. */
  readonly read: (payload: unknown) => Checked;
  /** Told of the end. */
  readonly ended: () => void;
}

/** Most that may be asked for at a time. */
const maxRequestCount = 10_000;

/** When to ask again where that was refused for now, in milliseconds. */
const retryMs = 1000;

/** What is said of a job. */
const settlements: Readonly<
  Record<Verdict, Parameters<JobActions["settle"]> extends [unknown, ...infer S] ? S : never>
> = { ack: ["QUEUE_ACK"], nack: ["QUEUE_NACK"], return: ["QUEUE_NACK", { delayMs: 0 }] };

/**
 * Keeps `concurrency` jobs asked for or in hand. What is asked for counts until it has come, or will not come; what is in
 * hand until the hands release it.
 */
export function createConsumer(
  { core: { platform, hub }, leases, desk, read, ended }: ConsumerParts,
  { concurrency = 1, signal }: ConsumeOptions,
  createHands: (grip: Grip<HeldJob>) => Hands<HeldJob>,
): OpenConsumer {
  let asked = 0;
  let filling = false;
  let cancelRetry: CancelTimer | null = null;

  const station = createStation<HeldJob>(
    {
      signal,
      report: hub.report,
      settle: (held, verdict) => leases.settle(held, ...settlements[verdict]),
      released() {
        if (filling) return;
        filling = true;
        // What is released in one turn is asked for in one frame.
        platform.soon(fill);
      },
      get pending() {
        return asked > 0;
      },
      stopping(hands) {
        hands.stop();
        takeBack();
      },
      ended() {
        cancelRetry?.();
        desk.workers.delete(consumer);
        takeBack();
        ended();
      },
    },
    createHands,
  );

  function fill(): void {
    filling = false;
    if (station.state !== "open" || !desk.open || cancelRetry !== null) return;
    const count = Math.min(Math.floor(concurrency) - station.size, maxRequestCount) - asked;
    if (count <= 0) return;
    asked += count;
    desk.ask(consumer, count);
  }

  function takeBack(): void {
    if (asked > 0) void desk.cancel();
  }

  const consumer: OpenConsumer = {
    take(delivery) {
      asked--;
      const checked = read(delivery.payload);
      const held = leases.hold(delivery, checked.ok ? checked.payload : null);
      station.add(held);
      if (station.state === "closed") return station.settle(held, "return");
      if (checked.ok) return station.hands.take(held);
      hub.report(checked.error);
      station.settle(held, "nack");
    },
    refused(count, error) {
      asked -= count;
      station.finish();
      if (error === null || station.state !== "open") return;
      hub.report(error);
      if (error.retry === "never") return station.end(error);
      cancelRetry ??= platform.after(retryMs, () => {
        cancelRetry = null;
        fill();
      });
    },
    start() {
      desk.workers.add(consumer);
      station.start();
      fill();
    },
    fill,
    stop: station.stop,
    end: station.end,
    closed: station.closed,
  };

  return consumer;
}
