import { describe, expect, it } from "vitest";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createTimerWheel } from "../kernel/timer-wheel.ts";
import type { SpanSink, TraceContext } from "../ports/tracer.ts";
import { createSeededRandom } from "../testing/fixtures.ts";
import { createTracer } from "./create-tracer.ts";
import { maxHops, maxWatches, watchMs } from "./recorder.ts";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const span = "00f067aa0ba902b7";
const carried = { traceparent: `00-${trace}-${span}-01`, tracestate: "a=1" };
const client = { application: "app", id: "c" };

function start(sink: SpanSink | null = null) {
  const clock = createSteppedClock();
  const failed = (error: unknown) => {
    throw error;
  };
  const wheel = createTimerWheel({ clock, onError: failed });
  const tracer = createTracer({ sink, clock, wheel, random: createSeededRandom(1) });
  const switches: boolean[] = [];
  tracer.onSwitch((isOn) => void switches.push(isOn));
  return { clock, tracer, switches };
}

/** A sink that writes down what it gets. */
function createListSink() {
  const spans: { name: string; parent: TraceContext | null; ended: string | null | undefined }[] = [];
  const sink: SpanSink = {
    start({ name }, parent) {
      const own = { name, parent, ended: undefined as string | null | undefined };
      spans.push(own);
      return {
        context: { traceId: parent?.traceId ?? trace, spanId: "1111111111111111", flags: 1, state: "from=sink" },
        set() {},
        event() {},
        end(_atMs, code) {
          own.ended = code;
        },
      };
    },
  };
  return { sink, spans };
}

describe("a tracer without a sink", () => {
  it("is off until a trace is followed, and off again when that is over", () => {
    const { clock, tracer, switches } = start();
    expect(tracer.isOn).toBe(false);
    const watch = tracer.watch(trace)!;
    expect([watch.traceId, watch.expiresMs - clock.now(), tracer.isOn]).toEqual([trace, watchMs, true]);
    clock.advance(watchMs + 200);
    expect([tracer.isOn, tracer.find(trace), switches]).toEqual([false, null, [true, false]]);
  });

  it("takes spans of the traces that are followed alone", () => {
    const { tracer } = start();
    tracer.watch(trace);
    const other = `00-${"a".repeat(32)}-${span}-01`;
    expect(tracer.start({ name: "x", kind: "internal", parent: null })).toBeNull();
    expect(
      tracer.start({ name: "x", kind: "internal", parent: { traceparent: other, tracestate: undefined } }),
    ).toBeNull();
    expect(tracer.start({ name: "x", kind: "internal", parent: carried })).not.toBeNull();
  });

  it("passes the trace on with a number of its own", () => {
    const { tracer } = start();
    tracer.watch(trace);
    const own = tracer.start({ name: "x", kind: "internal", parent: carried })!;
    expect(own.context).toMatchObject({ traceId: trace, flags: 1, state: "a=1" });
    expect(own.context.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(own.context.spanId).not.toBe(span);
    expect(own.carried).toEqual({ traceparent: `00-${trace}-${own.context.spanId}-01`, tracestate: "a=1" });
  });

  it("keeps what happened, in order and with its times", () => {
    const { clock, tracer } = start();
    tracer.watch(trace);
    const attributes = { size: 1, left: undefined };
    const own = tracer.start({ name: "send", kind: "producer", parent: carried, client, attributes })!;
    clock.advance(5);
    own.event("delivered", { application: "app", id: "d" }, { n: 2 });
    own.set({ receivers: 1 });
    clock.advance(5);
    own.end("route/no-match");
    own.end(null);
    own.event("too late");
    const [first, second, ...others] = tracer.find(trace)!.hops;
    expect(others).toEqual([]);
    expect(first).toMatchObject({ name: "send", kind: "producer", parentId: span, durationMs: 10, client });
    expect(first).toMatchObject({ code: "route/no-match", detail: { size: 1, receivers: 1 } });
    expect(Object.keys(first!.detail)).toEqual(["size", "receivers"]);
    expect(second).toMatchObject({ name: "delivered", kind: "event", client: { id: "d" }, detail: { n: 2 } });
    expect(second!.atMs - first!.atMs).toBe(5);
  });

  it("shows work that goes on without a duration", () => {
    const { tracer } = start();
    tracer.watch(trace);
    tracer.start({ name: "call", kind: "server", parent: carried });
    expect(tracer.find(trace)!.hops).toMatchObject([{ name: "call", durationMs: null, code: null }]);
  });

  it("keeps so many hops and counts the others", () => {
    const { tracer } = start();
    tracer.watch(trace);
    for (let i = 0; i < maxHops + 3; i++) tracer.start({ name: `${i}`, kind: "internal", parent: carried })!.end();
    const { hops, dropped } = tracer.find(trace)!;
    expect([hops.length, hops.at(-1)!.name, dropped]).toEqual([maxHops, `${maxHops - 1}`, 3]);
  });

  it("keeps the beginning of long text alone", () => {
    const { tracer } = start();
    tracer.watch(trace);
    tracer.start({ name: "x", kind: "internal", parent: carried, attributes: { long: "x".repeat(100_000) } });
    expect(tracer.find(trace)!.hops[0]!.detail).toEqual({ long: "x".repeat(256) });
  });

  it("follows so many traces, and one of them for longer where that is asked for", () => {
    const { clock, tracer } = start();
    tracer.watch(trace);
    clock.advance(watchMs / 2);
    for (let i = 1; i < maxWatches; i++) expect(tracer.watch(null)?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect([tracer.watch(null), tracer.watches]).toEqual([null, maxWatches]);
    expect(tracer.watch(trace)!.expiresMs).toBe(clock.now() + watchMs);
    clock.advance(watchMs / 2 + 200);
    expect(tracer.find(trace)).not.toBeNull();
  });
});

describe("a tracer with a sink", () => {
  it("is on, and begins traces of its own", () => {
    const { sink, spans } = createListSink();
    const { tracer, switches } = start(sink);
    const own = tracer.start({ name: "x", kind: "internal", parent: { traceparent: "junk", tracestate: "a=1" } })!;
    own.end("failed");
    expect([tracer.isOn, switches]).toEqual([true, [true]]);
    expect(own.carried).toEqual({ traceparent: `00-${trace}-1111111111111111-01`, tracestate: "from=sink" });
    expect(spans).toEqual([{ name: "x", parent: null, ended: "failed" }]);
  });

  it("gives what is followed the numbers of the sink", () => {
    const { sink, spans } = createListSink();
    const { tracer } = start(sink);
    tracer.watch(trace);
    tracer.start({ name: "x", kind: "internal", parent: carried })!.end();
    expect(spans[0]).toMatchObject({ parent: { traceId: trace, spanId: span, state: "a=1" }, ended: null });
    expect(tracer.find(trace)!.hops).toMatchObject([{ spanId: "1111111111111111", parentId: span }]);
  });

  it("wants nothing that neither takes", () => {
    const { tracer } = start({ start: () => null });
    expect(tracer.start({ name: "x", kind: "internal", parent: carried })).toBeNull();
  });
});
