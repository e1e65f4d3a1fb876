import type { TimerWheel } from "../kernel/timer-wheel.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { Carried, SinkSpan, Span, SpanSink, SpanStart, TraceContext, Tracer } from "../ports/tracer.ts";
import { createRecorder, type Recorder, type Watch } from "./recorder.ts";
import { createTraceIds } from "./trace-ids.ts";
import { createTraceTime } from "./trace-time.ts";
import { formatTraceparent, parseTraceparent } from "./traceparent.ts";

/** The tracer of a server. */
export interface ServerTracer extends Tracer {
  /** Follows a trace, a new one where `null`; `null` where too many are followed. */
  watch(traceId: string | null): Watch | null;
  /** What was seen of a trace that is followed. */
  find(traceId: string): Watch | null;
  /** Traces that are followed now. */
  readonly watches: number;
  /** Calls `task` whenever `isOn` has changed, and at once where it is on: for what is put in the way of messages only then. */
  onSwitch(task: (isOn: boolean) => void): void;
}

export interface TracerOptions {
  /** Where spans go that leave the process; `null` where they do not. */
  readonly sink: SpanSink | null;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly random: Random;
}

/** A span of one sink or of both. */
export function createTracer({ sink, clock, wheel, random }: TracerOptions): ServerTracer {
  const ids = createTraceIds(random);
  const now = createTraceTime(clock);
  const switched: ((isOn: boolean) => void)[] = [];
  let isOn = sink !== null;

  const recorder: Recorder = createRecorder({
    wheel,
    now: () => clock.now(),
    changed() {
      const before = isOn;
      isOn = sink !== null || recorder.size > 0;
      if (isOn !== before) for (const task of switched) task(isOn);
    },
  });

  function start({ parent: came, ...about }: SpanStart): Span | null {
    const parent = came === null ? null : readContext(came);
    const atMs = now();
    const exported = sink?.start(about, parent, atMs) ?? null;
    const context = exported?.context ?? (parent === null ? null : { ...parent, spanId: ids.span() });
    if (context === null) return null;
    const recorded = recorder.size === 0 ? null : recorder.start(about, context, parent?.spanId ?? null, atMs);
    if (exported === null && recorded === null) return null;
    return createSpan(
      context,
      [exported, recorded].filter((one) => one !== null),
      now,
    );
  }

  return {
    start,
    get isOn() {
      return isOn;
    },
    get watches() {
      return recorder.size;
    },
    watch: (traceId) => recorder.watch(traceId ?? ids.trace()),
    find: recorder.find,
    onSwitch(task) {
      switched.push(task);
      if (isOn) task(true);
    },
  };
}

type Taken = Omit<SinkSpan, "context">;

function createSpan(context: TraceContext, takers: readonly Taken[], now: () => number): Span {
  let hasEnded = false;
  return {
    context,
    carried: formatTraceparent(context),
    set(attributes) {
      if (!hasEnded) for (const taker of takers) taker.set(attributes);
    },
    event(name, client, attributes = {}) {
      if (hasEnded) return;
      const atMs = now();
      for (const taker of takers) taker.event(name, atMs, client, attributes);
    },
    end(code = null) {
      if (hasEnded) return;
      hasEnded = true;
      const atMs = now();
      for (const taker of takers) taker.end(atMs, code);
    },
  };
}

function readContext(parent: Carried | TraceContext): TraceContext | null {
  return "traceId" in parent ? parent : parseTraceparent(parent);
}
