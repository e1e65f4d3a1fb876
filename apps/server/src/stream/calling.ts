import { defaultCredit, type ErrorCode, maxCredit, type Value } from "@singyeong/protocol";
import type { Raw } from "@singyeong/protocol/codec";
import type { Query } from "@singyeong/query";
import type { TimerWheel } from "../kernel/timer-wheel.ts";
import type { Clock } from "../ports/clock.ts";
import type { Client } from "../registry/client.ts";
import { describeRefusal, type Router } from "../router/router.ts";
import type { Callees } from "./callees.ts";
import { type EndTable, nameOf } from "./client-ends.ts";
import type { Closing } from "./closing.ts";
import { createEnd, type End } from "./end.ts";
import { encodeCall } from "./frames.ts";
import type { StreamMetrics } from "./stream-metrics.ts";
import type { Call, CallContent, StreamLimits, StreamMessage } from "./streams.ts";
import { ownCall, type WaitingCall, type WaitingCalls } from "./waiting-calls.ts";

/** How streams begin. */
export interface Calling {
  /** Opens a stream under an id that its caller has not in use, or tells the caller why not. */
  open(caller: Client, id: number, call: Call): void;
  /** A client may take calls that wait. */
  serveWaiting(client: Client): void;
}

export interface CallingOptions {
  readonly router: Router;
  readonly callees: Callees;
  readonly ends: EndTable;
  readonly waitingCalls: WaitingCalls;
  readonly closing: Closing;
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  readonly metrics: StreamMetrics;
  readonly limits: StreamLimits;
  /** Passes on what a caller sent while its call waited. */
  readonly pass: (sender: End, message: StreamMessage) => void;
}

/** How many clients whose sockets take nothing more are passed over before nobody counts as matching. */
const maxFailovers = 3;

export function createCalling(options: CallingOptions): Calling {
  const { router, callees, ends, waitingCalls, closing, wheel, clock, metrics, limits } = options;
  const tooMany = { limit: "streams", max: limits.maxStreams };

  /** A call never becomes a stream. */
  function refuse({ client, id, watch }: End, code: ErrorCode, data: Value): void {
    if (watch !== null) watch.ended(code);
    closing.refuse(client, id, code, data);
  }

  /** Hands a call to a client, known to it by `via`; false where its connection takes no more. `waitedMs` is gone of its deadline. */
  function hand(caller: End, callee: Client, call: CallContent, via: number | undefined, waitedMs: number): boolean {
    const theirs = ends.of(callee);
    const end = createEnd(callee, theirs.lastId - 1, call.credit);
    const context = {
      from: nameOf(ends.of(caller.client), caller.client, callee.codec),
      via,
      deadlineMs: call.deadlineMs === 0 ? undefined : Math.ceil(call.deadlineMs - waitedMs),
    };
    if (!callee.outbox.send(encodeCall(end, call, context, clock.now()))) return false;
    theirs.lastId--;
    caller.peer = end;
    end.peer = caller;
    ends.add(end);
    metrics.calls.total++;
    if (caller.watch !== null) caller.watch.handed(callee);
    return true;
  }

  /** Hands a call to one of those whom a query keeps; false where there is none. */
  function handToOne(caller: End, query: Query, call: CallContent, waitedMs: number): boolean {
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

  /** Enters a caller whose call was taken, or waits. */
  function enter(caller: End, { deadlineMs }: Call): void {
    ends.add(caller);
    if (deadlineMs === 0) return;
    caller.deadline = wheel.schedule(deadlineMs, () => {
      caller.deadline = null;
      closing.abortBoth(caller, "stream/deadline");
    });
  }

  function wait(caller: End, query: Query, call: Call, target: Raw): void {
    const bytes = target.length + (call.payload?.length ?? 0) + (call.headers?.length ?? 0);
    const bound = waitingCalls.refuse(bytes);
    if (bound !== null) return refuse(caller, "stream/too-many", { ...bound });
    const waiting: WaitingCall = {
      caller,
      call: ownCall(call),
      query,
      messages: [],
      extraCredit: 0,
      bytes,
      deadlineAtMs: call.deadlineMs === 0 ? Number.POSITIVE_INFINITY : clock.elapsed() + call.deadlineMs,
      timer: wheel.schedule(call.waitMs, () => closing.abortBoth(caller, "route/no-match")),
    };
    caller.waiting = waiting;
    waitingCalls.add(waiting);
    enter(caller, call);
  }

  function openTo(caller: End, call: Call, target: Raw): void {
    const query = router.compile(call.codec, target, caller.client.rights);
    if (!query.ok) {
      const { code, extraInfo } = describeRefusal(query, "/d/target");
      return refuse(caller, code, extraInfo);
    }
    if (handToOne(caller, query.query, call, 0)) enter(caller, call);
    else if (call.waitMs > 0) wait(caller, query.query, call, target);
    else refuse(caller, "route/no-match", null);
  }

  /** Calls the other end of a stream of the caller's. */
  function openVia(caller: End, call: Call, via: number): void {
    const peer = ends.find(caller.client, via)?.peer ?? null;
    // Nobody calls the server itself back.
    if (peer === null || peer.sink !== null) return refuse(caller, "route/no-match", { via });
    if (callees.takesCalls(peer.client) && hand(caller, peer.client, call, peer.id, 0)) enter(caller, call);
    else refuse(caller, "stream/too-many", tooMany);
  }

  return {
    open(client, id, call) {
      const caller = createEnd(client, id, defaultCredit, null, call.watch);
      if (ends.count(client) >= limits.maxStreams) return refuse(caller, "stream/too-many", tooMany);
      caller.hasEnded = call.end;
      if ("via" in call.to) openVia(caller, call, call.to.via);
      else openTo(caller, call, call.to.target);
    },
    serveWaiting(client) {
      for (const waiting of waitingCalls) {
        const { caller, query, deadlineAtMs, extraCredit } = waiting;
        const leftMs = deadlineAtMs - clock.elapsed();
        if (leftMs <= 0 || !callees.mayTake(client, query)) continue;
        const { credit, deadlineMs } = waiting.call;
        const call = { ...waiting.call, credit: Math.min(credit + extraCredit, maxCredit) };
        if (!handToOne(caller, query, call, deadlineMs === 0 ? 0 : deadlineMs - leftMs)) continue;
        closing.stopWaiting(waiting);
        for (const message of waiting.messages) options.pass(caller, message);
      }
    },
  };
}
