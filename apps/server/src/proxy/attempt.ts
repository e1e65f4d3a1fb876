import type { Timer, TimerWheel } from "../kernel/timer-wheel.ts";
import type { Clock } from "../ports/clock.ts";
import type { AnswerHandlers, Reach, Sending, TargetRequest } from "../ports/dialer.ts";
import type { HeaderList } from "../ports/listener.ts";
import type { Circuit, Circuits } from "./circuits.ts";
import { findHeader, lengthOf } from "./headers.ts";
import type { RelayedBody } from "./relayed-body.ts";
import type { Exchanger } from "./target.ts";

/** Why a request came to nothing at one target. */
export interface AttemptFailure {
  readonly code:
    | "proxy/unreachable"
    | "proxy/timeout"
    | "proxy/bad-response"
    | "proxy/forbidden"
    | "proxy/response-too-large";
  readonly reason: string;
  readonly reach: Reach;
  /** As of a request's failure. */
  readonly message?: string;
  readonly target?: string;
  readonly client?: string;
}

/** As of a target, with the failures that are found here. */
export interface AttemptHandlers extends Omit<AnswerHandlers, "head" | "failed"> {
  /** `length` is what the answer says of its body; `null` where it does not. */
  head(status: number, headers: HeaderList, length: number | null): void;
  failed(failure: AttemptFailure): void;
}

export interface AttemptOptions {
  readonly circuits: Circuits;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  /** Time to the beginning of the answer, and between parts of it; not between events of an event stream. */
  readonly timeoutMs: number;
  /** 0 is no bound. */
  readonly maxResponseBytes: number;
}

/**
 * Sends a request to one target, and sees to the bounds of time and size. `target` is what its circuit goes by; `null`
 * has none. Nothing is told before this has returned.
 */
export function startAttempt(
  options: AttemptOptions,
  target: string | null,
  exchanger: Exchanger,
  request: TargetRequest,
  body: RelayedBody | null,
  handlers: AttemptHandlers,
): Sending & { progress(): void } {
  const { circuits, clock, wheel, timeoutMs, maxResponseBytes } = options;
  let circuit: Circuit | null = target === null ? null : circuits.enter(target);
  let reach: Reach = "target";
  let isPaused = false;
  let activeAtMs = clock.elapsed();
  let received = 0;
  let timer: Timer | null = wheel.schedule(timeoutMs, watch);

  function watch(): void {
    const leftMs = isPaused || body?.isAwaited() ? timeoutMs : activeAtMs + timeoutMs - clock.elapsed();
    if (leftMs > 0) timer = wheel.schedule(leftMs, watch);
    else cutOff({ code: "proxy/timeout", reason: ":timeout", reach });
  }

  function stopWatching(): void {
    if (timer !== null) wheel.cancel(timer);
    timer = null;
  }

  /** Tells the circuit what came of the request, once. */
  function settle(outcome: "reached" | "missed" | "gaveUp"): void {
    if (circuit !== null) circuits[outcome](circuit);
    circuit = null;
  }

  function cutOff(failure: AttemptFailure): void {
    stopWatching();
    sending.abort();
    settle(failure.code === "proxy/timeout" ? "gaveUp" : "reached");
    handlers.failed(failure);
  }

  const sending = exchanger.send(request, {
    head(status, headers) {
      reach = "answer";
      activeAtMs = clock.elapsed();
      settle("reached");
      const length = lengthOf(headers);
      if (maxResponseBytes > 0 && (length ?? 0) > maxResponseBytes && request.method !== "HEAD") {
        return cutOff({ code: "proxy/response-too-large", reason: `${length} bytes`, reach: "target" });
      }
      if (isEventStream(headers)) stopWatching();
      handlers.head(status, headers, length);
    },
    data(chunk) {
      activeAtMs = clock.elapsed();
      received += chunk.length;
      if (maxResponseBytes > 0 && received > maxResponseBytes) {
        return cutOff({ code: "proxy/response-too-large", reason: `more than ${maxResponseBytes} bytes`, reach });
      }
      handlers.data(chunk);
    },
    end() {
      stopWatching();
      handlers.end();
    },
    failed(failure) {
      stopWatching();
      settle(failure.reach === "nothing" ? "missed" : "reached");
      handlers.failed(failure);
    },
  });

  return {
    pause() {
      isPaused = true;
      sending.pause();
    },
    resume() {
      isPaused = false;
      activeAtMs = clock.elapsed();
      sending.resume();
    },
    abort() {
      stopWatching();
      sending.abort();
      settle("gaveUp");
    },
    progress() {
      activeAtMs = clock.elapsed();
    },
  };
}

/** Events may be far apart (WHATWG HTML, server-sent events). */
function isEventStream(headers: HeaderList): boolean {
  return findHeader(headers, "content-type")?.startsWith("text/event-stream") ?? false;
}
