import { defaultCredit, type ErrorCode, maxCredit, type Value } from "@singyeong/protocol";
import type { Query } from "@singyeong/query";
import type { TimerWheel } from "../kernel/timer-wheel.ts";
import type { Clock } from "../ports/clock.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Client } from "../registry/client.ts";
import type { Registry } from "../registry/registry.ts";
import type { Router } from "../router/router.ts";
import { createCallees } from "./callees.ts";
import { createEndTable, nameOf } from "./client-ends.ts";
import { createEnd, type End, isCaller } from "./end.ts";
import { grant, take } from "./flow.ts";
import { encodeAbort, encodeCall, encodeCredit, encodeData, encodeOwnAbort } from "./frames.ts";
import { createStreamMetrics } from "./stream-metrics.ts";
import type { Call, StreamLimits, StreamMessage, Streams } from "./streams.ts";
import { createWaitingCalls, ownCall, type WaitingCall } from "./waiting-calls.ts";

export interface StreamsOptions {
  readonly registry: Registry;
  readonly router: Router;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly metrics: Metrics;
  readonly limits: StreamLimits;
}

/** How many clients whose sockets take nothing more are passed over before nobody counts as matching. */
const maxFailovers = 3;

/** Streams of one server: who is at their ends, and what may pass. */
export function createStreams(options: StreamsOptions): Streams {
  const { registry, router, clock, wheel, limits } = options;
  const ends = createEndTable();
  const waitingCalls = createWaitingCalls(limits.maxWaitingCalls);
  const callees = createCallees(router, registry, ends, limits.maxStreams);
  const metrics = createStreamMetrics(
    options.metrics,
    () => ends.size,
    () => waitingCalls.size,
  );

  /** Ends that only one side knows of any more are forgotten on both. */
  function close(end: End): void {
    const caller = isCaller(end) || end.peer === null ? end : end.peer;
    if (caller.deadline !== null) wheel.cancel(caller.deadline);
    if (caller.waiting !== null) stopWaiting(caller.waiting);
    ends.remove(end);
    if (end.peer !== null) ends.remove(end.peer);
  }

  function stopWaiting(waiting: WaitingCall): void {
    waitingCalls.remove(waiting);
    waiting.caller.waiting = null;
    if (waiting.timer !== null) wheel.cancel(waiting.timer);
  }

  function tell(client: Client, id: number, code: ErrorCode, delivered: boolean, data: Value): void {
    client.outbox.send(encodeOwnAbort(client.codec, id, code, delivered, data, clock.now()));
  }

  /** Ends a stream for both: the server's decision. */
  function abortBoth(end: End, code: ErrorCode, data: Value = null): void {
    const delivered = end.peer !== null;
    metrics.aborted(code);
    close(end);
    tell(end.client, end.id, code, delivered, data);
    if (end.peer !== null) tell(end.peer.client, end.peer.id, code, delivered, data);
  }

  /** A call that never became a stream. */
  function refuse(caller: Client, id: number, code: ErrorCode, data: Value): boolean {
    if (ends.find(caller, id) !== undefined) return false;
    metrics.aborted(code);
    tell(caller, id, code, false, data);
    return true;
  }

  /** Hands a call to a client; false where its connection takes no more. `waitedMs` is gone of its deadline. */
  function hand(caller: End, callee: Client, call: Call, via: number | undefined, waitedMs: number): boolean {
    const theirs = ends.of(callee);
    const end = createEnd(callee, theirs.lastId - 1, call.credit);
    const { codec } = callee;
    const context = {
      from: nameOf(ends.of(caller.client), caller.client, codec),
      via,
      deadlineMs: call.deadlineMs === 0 ? undefined : Math.ceil(call.deadlineMs - waitedMs),
    };
    if (!callee.outbox.send(encodeCall(end, call, context, clock.now()))) return false;
    theirs.lastId--;
    caller.peer = end;
    end.peer = caller;
    ends.add(end);
    metrics.calls.total++;
    return true;
  }

  /** Hands a call to one of those whom a query keeps; false where there is none. */
  function handToOne(caller: End, query: Query, call: Call, waitedMs: number): boolean {
    let callee = callees.choose(query, null);
    if (callee === null) return false;
    if (hand(caller, callee, call, undefined, waitedMs)) return true;
    const passedOver = new Set<Client>();
    while (passedOver.size < maxFailovers) {
      passedOver.add(callee);
      callee = callees.choose(query, passedOver);
      if (callee === null) return false;
      if (hand(caller, callee, call, undefined, waitedMs)) return true;
    }
    return false;
  }

  function keepDeadline(caller: End, { deadlineMs }: Call): void {
    if (deadlineMs === 0) return;
    caller.deadline = wheel.schedule(deadlineMs, () => {
      caller.deadline = null;
      abortBoth(caller, "stream/deadline");
    });
  }

  function wait(caller: End, query: Query, call: Call): void {
    const bytes = (call.payload?.length ?? 0) + (call.headers?.length ?? 0);
    const bound = waitingCalls.refuse(bytes);
    if (bound !== null) return void refuse(caller.client, caller.id, "stream/too-many", { ...bound });
    const deadlineAtMs = call.deadlineMs === 0 ? 0 : clock.elapsed() + call.deadlineMs;
    const timer = wheel.schedule(call.waitMs, () => abortBoth(caller, "route/no-match"));
    const waiting = { caller, call: ownCall(call), query, messages: [], extraCredit: 0, bytes, deadlineAtMs, timer };
    caller.waiting = waiting;
    waitingCalls.add(waiting);
    ends.add(caller);
    keepDeadline(caller, call);
  }

  /** Somebody may take calls that wait. */
  function serveWaiting(client: Client): void {
    if (waitingCalls.size === 0) return;
    for (const waiting of waitingCalls) {
      if (!callees.mayTake(client, waiting.query)) continue;
      const { caller, deadlineAtMs } = waiting;
      const call = { ...waiting.call, credit: Math.min(waiting.call.credit + waiting.extraCredit, maxCredit) };
      const leftMs = deadlineAtMs - clock.elapsed();
      if (deadlineAtMs !== 0 && leftMs <= 0) continue;
      const waitedMs = deadlineAtMs === 0 ? 0 : call.deadlineMs - leftMs;
      if (!handToOne(caller, waiting.query, call, waitedMs)) continue;
      stopWaiting(waiting);
      for (const message of waiting.messages) pass(caller, message);
    }
  }

  /** Passes a message on that its sender was allowed to send. */
  function pass(sender: End, message: StreamMessage): void {
    const receiver = sender.peer!;
    metrics.messages.total++;
    receiver.client.outbox.send(encodeData(receiver, message, clock.now()));
    if (message.end && receiver.hasEnded) close(sender);
  }

  function openTo(caller: End, call: Call): void {
    const { client, id } = caller;
    const query = router.compile(call.codec, (call.to as { target: Uint8Array | string }).target);
    if (!query.ok) {
      const data = { at: `/d/target${query.at}`, rule: query.code, message: query.message };
      return void refuse(client, id, "query/invalid", data);
    }
    if (handToOne(caller, query.query, call, 0)) opened(caller, call);
    else if (call.waitMs > 0) wait(caller, query.query, call);
    else refuse(client, id, "route/no-match", null);
  }

  /** Calls the other end of a stream of the caller's. */
  function openVia(caller: End, call: Call, viaId: number): void {
    const { client, id } = caller;
    const peer = ends.find(client, viaId)?.peer ?? null;
    if (peer === null) return void refuse(client, id, "route/no-match", { via: viaId });
    if (callees.takesCalls(peer.client) && hand(caller, peer.client, call, peer.id, 0)) opened(caller, call);
    else refuse(client, id, "stream/too-many", { limit: "streams", max: limits.maxStreams });
  }

  function opened(caller: End, call: Call): void {
    ends.add(caller);
    keepDeadline(caller, call);
  }

  registry.observe({ joined: serveWaiting, changed: serveWaiting, left() {} });

  return {
    refuse,
    open(client, id, call) {
      const mine = ends.of(client);
      if (mine.byId.has(id)) return false;
      if (mine.byId.size >= limits.maxStreams) {
        return refuse(client, id, "stream/too-many", { limit: "streams", max: limits.maxStreams });
      }
      const caller = createEnd(client, id, defaultCredit);
      caller.hasEnded = call.end;
      if ("via" in call.to) openVia(caller, call, call.to.via);
      else openTo(caller, call);
      return true;
    },
    send(client, id, message, size) {
      const sender = ends.find(client, id);
      if (sender === undefined || sender.hasEnded) return;
      if (message.end) sender.hasEnded = true;
      else if (!take(sender.flow, size, limits.maxStreamBytes)) return abortBoth(sender, "stream/overrun");
      if (sender.waiting === null) return pass(sender, message);
      if (!waitingCalls.keep(sender.waiting, message, size))
        abortBoth(sender, "stream/too-many", { limit: "waiting_bytes" });
    },
    credit(client, id, n) {
      const receiver = ends.find(client, id);
      if (receiver === undefined) return;
      const { peer, waiting } = receiver;
      if (waiting !== null) waiting.extraCredit += n;
      if (peer === null || peer.hasEnded) return;
      grant(peer.flow, n);
      peer.client.outbox.send(encodeCredit(peer, n, clock.now()));
    },
    abort(client, id, abortion) {
      const end = ends.find(client, id);
      if (end === undefined) return;
      close(end);
      if (end.peer !== null) end.peer.client.outbox.send(encodeAbort(end.peer, abortion, clock.now()));
    },
    release(client) {
      for (const end of ends.clear(client)) {
        const { peer } = end;
        close(end);
        if (peer === null || peer.client === client) continue;
        const code = isCaller(end) ? "stream/cancelled" : "stream/peer-lost";
        metrics.aborted(code);
        tell(peer.client, peer.id, code, true, null);
      }
    },
  };
}
