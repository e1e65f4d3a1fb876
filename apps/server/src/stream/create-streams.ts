import type { TimerWheel } from "../kernel/timer-wheel.ts";
import type { Clock } from "../ports/clock.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Registry } from "../registry/registry.ts";
import type { Router } from "../router/router.ts";
import { createCallees } from "./callees.ts";
import { createCalling } from "./calling.ts";
import { createEndTable } from "./client-ends.ts";
import { createClosing } from "./closing.ts";
import { type End, isCaller, isWatched } from "./end.ts";
import { grant, take } from "./flow.ts";
import { createOwnStreams } from "./own-streams.ts";
import { createStreamMetrics } from "./stream-metrics.ts";
import type { StreamLimits, StreamMessage, Streams } from "./streams.ts";
import { tellAbort, tellCredit, tellData } from "./telling.ts";
import { createWaitingCalls } from "./waiting-calls.ts";

export interface StreamsOptions {
  readonly registry: Registry;
  readonly router: Router;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly metrics: Metrics;
  readonly limits: StreamLimits;
}

/** Streams of one server: who is at their ends, and what may pass. */
export function createStreams(options: StreamsOptions): Streams {
  const { registry, router, clock, wheel, limits } = options;
  const ends = createEndTable();
  const waitingCalls = createWaitingCalls(limits.maxWaitingCalls);
  const metrics = createStreamMetrics(
    options.metrics,
    () => ends.size,
    () => waitingCalls.size,
  );
  const callees = createCallees(router, registry, ends, limits.maxStreams);
  const closing = createClosing({ ends, waitingCalls, wheel, clock, metrics });
  const calling = createCalling({
    router,
    callees,
    ends,
    waitingCalls,
    closing,
    wheel,
    clock,
    metrics,
    limits,
    pass,
  });
  const own = createOwnStreams({ callees, ends, closing, clock, metrics, limits, pass });

  /** Passes a message on that its sender was allowed to send. */
  function pass(sender: End, message: StreamMessage): void {
    const receiver = sender.peer!;
    metrics.messages.total++;
    // A stream never goes on without one of its messages.
    if (!tellData(receiver, message, clock.now())) closing.abortBoth(sender, "limit/slow-consumer");
    else if (message.end && receiver.hasEnded) closing.close(sender);
  }

  registry.observe({ joined: calling.serveWaiting, changed: calling.serveWaiting, left() {} });

  return {
    open(caller, id, call) {
      const isFree = ends.find(caller, id) === undefined;
      if (isFree) calling.open(caller, id, call);
      return isFree;
    },
    openTo: own.openTo,
    refuse(caller, id, code, data) {
      const isFree = ends.find(caller, id) === undefined;
      if (isFree) closing.refuse(caller, id, code, data);
      return isFree;
    },
    send(client, id, message, size) {
      const sender = ends.find(client, id);
      if (sender === undefined || sender.hasEnded) return;
      if (message.end) sender.hasEnded = true;
      else if (!take(sender.flow, size, limits.maxStreamBytes)) return closing.abortBoth(sender, "stream/overrun");
      if (sender.waiting === null) return pass(sender, message);
      const bound = waitingCalls.keep(sender.waiting, message, size);
      if (bound !== null) closing.abortBoth(sender, "stream/too-many", { ...bound });
    },
    credit(client, id, n) {
      const receiver = ends.find(client, id);
      if (receiver === undefined) return;
      const { peer, waiting } = receiver;
      if (waiting !== null) waiting.extraCredit += n;
      if (peer === null || peer.hasEnded) return;
      grant(peer.flow, n);
      tellCredit(peer, n, clock.now());
    },
    abort(client, id, abortion) {
      const end = ends.find(client, id);
      if (end === undefined) return;
      const { peer } = end;
      closing.close(end, isWatched(end) ? String(abortion.codec.decode(abortion.code)) : null);
      if (peer !== null) tellAbort(peer, abortion, clock.now());
    },
    release(client) {
      for (const end of ends.clear(client)) {
        const { peer } = end;
        const code = isCaller(end) ? "stream/cancelled" : "stream/peer-lost";
        closing.close(end, code);
        if (peer !== null && peer.client !== client) closing.tell(peer, code);
      }
    },
  };
}
