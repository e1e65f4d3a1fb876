import type { Timer, TimerWheel } from "../kernel/timer-wheel.ts";
import type { SinkSpan, SpanAttributes, SpanKind, SpanStart, TraceContext, TracedClient } from "../ports/tracer.ts";

/** One thing that happened to what is followed. */
export interface Hop {
  readonly name: string;
  readonly kind: SpanKind | "event";
  readonly spanId: string;
  /** The span that it belongs to, as far as that is known; an event's own span. */
  readonly parentId: string | null;
  /** Milliseconds since the epoch, with a fraction. */
  readonly atMs: number;
  /** `null` while it goes on. */
  durationMs: number | null;
  readonly client: TracedClient | null;
  /** Why it failed; `null` where it did not, or has not ended. */
  code: string | null;
  detail: SpanAttributes;
}

/** A trace that somebody follows. */
export interface Watch {
  readonly traceId: string;
  /** When it is forgotten, in milliseconds since the epoch. */
  readonly expiresMs: number;
  /** In the order in which they began. */
  readonly hops: readonly Hop[];
  /** Hops beyond the bound, which were not kept. */
  readonly dropped: number;
}

/** Keeps what happens in the few traces that somebody follows, for a while. */
export interface Recorder {
  /** Follows a trace from now on, or for longer; `null` where too many are followed. */
  watch(traceId: string): Watch | null;
  /** What was seen of a trace; `null` where nobody follows it. */
  find(traceId: string): Watch | null;
  /** Begins a span; `null` where nobody follows its trace. */
  start(
    start: Omit<SpanStart, "parent">,
    context: TraceContext,
    parentId: string | null,
    atMs: number,
  ): Omit<SinkSpan, "context"> | null;
  /** Traces that are followed. */
  readonly size: number;
}

export interface RecorderOptions {
  readonly wheel: TimerWheel;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told when the first trace is followed, and when none is any more. */
  readonly changed: () => void;
}

/** Traces that are followed at a time. */
export const maxWatches = 32;
/** Hops that are kept of each. */
export const maxHops = 500;
/** How long one is followed, unless that is asked for again. */
export const watchMs = 600_000;
/** Attributes of a hop, and characters of each: what a peer names is kept as far as this. */
const maxAttributes = 32;
const maxTextLength = 256;

interface OpenWatch {
  readonly traceId: string;
  readonly hops: Hop[];
  expiresMs: number;
  dropped: number;
  timer: Timer;
}

export function createRecorder({ wheel, now, changed }: RecorderOptions): Recorder {
  const watches = new Map<string, OpenWatch>();

  function expireLater(traceId: string): Timer {
    return wheel.schedule(watchMs, () => {
      watches.delete(traceId);
      if (watches.size === 0) changed();
    });
  }

  function keep(watch: OpenWatch, hop: Hop): boolean {
    if (watch.hops.length >= maxHops) {
      watch.dropped++;
      return false;
    }
    watch.hops.push(hop);
    return true;
  }

  return {
    get size() {
      return watches.size;
    },
    watch(traceId) {
      const known = watches.get(traceId);
      if (known !== undefined) {
        wheel.cancel(known.timer);
        known.timer = expireLater(traceId);
        known.expiresMs = now() + watchMs;
        return known;
      }
      if (watches.size >= maxWatches) return null;
      const watch = { traceId, hops: [], expiresMs: now() + watchMs, dropped: 0, timer: expireLater(traceId) };
      watches.set(traceId, watch);
      if (watches.size === 1) changed();
      return watch;
    },
    find: (traceId) => watches.get(traceId) ?? null,
    start({ name, kind, client, attributes = {} }, { traceId, spanId }, parentId, atMs) {
      const watch = watches.get(traceId);
      if (watch === undefined) return null;
      const hop: Hop = {
        name,
        kind,
        spanId,
        parentId,
        atMs,
        durationMs: null,
        client: nameOf(client),
        code: null,
        detail: bound({}, attributes),
      };
      const isKept = keep(watch, hop);
      return {
        set(more) {
          if (isKept) hop.detail = bound(hop.detail, more);
        },
        event(event, eventMs, who, about) {
          const detail = bound({}, about);
          const own = {
            spanId,
            parentId: spanId,
            atMs: eventMs,
            durationMs: 0,
            client: nameOf(who),
            code: null,
            detail,
          };
          keep(watch, { name: event, kind: "event", ...own });
        },
        end(endMs, code) {
          hop.durationMs = Math.max(0, endMs - atMs);
          hop.code = code;
        },
      };
    },
  };
}

/** The name alone: a client's record is not to be kept alive. */
function nameOf(client: TracedClient | undefined): TracedClient | null {
  return client === undefined ? null : { application: client.application, id: client.id };
}

function bound(before: SpanAttributes, more: SpanAttributes): SpanAttributes {
  const after: Record<string, string | number | boolean | undefined> = { ...before };
  for (const [key, value] of Object.entries(more)) {
    if (value === undefined || (!(key in after) && Object.keys(after).length >= maxAttributes)) continue;
    after[key] = typeof value === "string" ? value.slice(0, maxTextLength) : value;
  }
  return after;
}
