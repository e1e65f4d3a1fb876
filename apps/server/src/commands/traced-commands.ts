/** Commands with a span around each message, for as long as somebody takes spans. */
import type { Frame } from "@singyeong/protocol/codec";
import type { Delivery, Message } from "../delivery/delivery.ts";
import type { Span, SpanAttributes, SpanKind, Tracer } from "../ports/tracer.ts";
import { tracePush } from "../queue/message-traces.ts";
import type { Client } from "../registry/client.ts";
import type { Streams } from "../stream/streams.ts";
import type { Topics } from "../topic/topics.ts";
import { carry, readCarried } from "../trace/carried-headers.ts";
import type { Command, Services } from "./command.ts";
import { readText } from "./fields.ts";

/** A tracer that tells when it goes on and off. */
export interface SwitchedTracer extends Tracer {
  onSwitch(task: (isOn: boolean) => void): void;
}

/** How one event is traced. */
interface Tracing {
  readonly kind: SpanKind;
  /** What is done; the span is named by it and by the destination. */
  readonly operation: string;
  /** Where the message goes; `null` where its sender does not say. */
  readonly destination: (services: Services, client: Client, frame: Frame) => string | null;
  readonly attributes: (destination: string | undefined, client: Client, frame: Frame) => SpanAttributes;
  /** True where the span goes on after the command has run, until it is told how it all ended. */
  readonly isLasting: boolean;
  /** What the command works with meanwhile. */
  readonly services: (services: Services, span: Span) => Services;
}

const routed: Tracing = {
  kind: "producer",
  operation: "send",
  destination: readApplication,
  attributes: describeMessage("send"),
  isLasting: false,
  services: (services, span) => ({ ...services, delivery: traceDelivery(services.delivery, span) }),
};

const tracings: Readonly<Record<string, Tracing>> = {
  SEND: routed,
  BROADCAST: { ...routed, operation: "broadcast", attributes: describeMessage("broadcast") },
  QUEUE: {
    kind: "producer",
    operation: "send",
    destination: (_services, { codec }, frame) => readText(codec, frame, "queue"),
    attributes: describeMessage("push"),
    isLasting: true,
    services: (services, span) => ({
      ...services,
      queues: { ...services.queues, push: tracePush(services.queues.push, span) },
    }),
  },
  PUBLISH: {
    kind: "producer",
    operation: "send",
    destination: (_services, { codec }, frame) => readText(codec, frame, "topic"),
    attributes: describeMessage("publish"),
    isLasting: true,
    services: (services, span) => ({ ...services, topics: traceTopics(services.topics, span) }),
  },
  CALL: {
    kind: "server",
    operation: "call",
    destination: readApplication,
    attributes: (destination, { codec }, frame) => ({
      "rpc.system": "singyeong",
      "rpc.service": destination,
      "rpc.method": readText(codec, frame, "method") ?? undefined,
    }),
    isLasting: true,
    services: (services, span) => ({ ...services, streams: traceStreams(services.streams, span) }),
  },
};

/**
 * The commands, those that carry messages with a span around each while the tracer is on. While it is off their `run` is
 * the very function that was given.
 */
export function traceCommands(
  commands: ReadonlyMap<string, Command>,
  tracer: SwitchedTracer,
): ReadonlyMap<string, Command> {
  const switched: { plain: Command; own: { run: Command["run"] }; traced: Command["run"] }[] = [];
  const all = new Map<string, Command>();
  for (const [event, plain] of commands) {
    const tracing = tracings[event];
    const own = { ...plain };
    all.set(event, own);
    if (tracing !== undefined) switched.push({ plain, own, traced: createTracedRun(plain, tracing, tracer) });
  }
  tracer.onSwitch((isOn) => {
    for (const { plain, own, traced } of switched) own.run = isOn ? traced : plain.run;
  });
  return all;
}

function createTracedRun(plain: Command, tracing: Tracing, tracer: Tracer): Command["run"] {
  const { kind, operation, isLasting } = tracing;
  return (services, client, frame) => {
    const destination = tracing.destination(services, client, frame) ?? undefined;
    const span = tracer.start({
      name: destination === undefined ? operation : `${operation} ${destination}`,
      kind,
      parent: readCarried(client.codec, frame.field("headers")),
      client,
      attributes: tracing.attributes(destination, client, frame),
    });
    if (span === null) return plain.run(services, client, frame);
    try {
      const outcome = plain.run(tracing.services(services, span), client, frame);
      if (outcome?.kind === "refusal") span.end(outcome.code);
      else if (!isLasting) span.end();
      return outcome;
    } catch (error) {
      span.end("server/internal");
      throw error;
    }
  };
}

function readApplication({ router }: Services, { codec, rights }: Client, frame: Frame): string | null {
  const target = frame.field("target");
  const compiled = target === undefined ? null : router.compile(codec, target, rights);
  if (compiled?.ok !== true) return null;
  const { application } = compiled.query;
  return typeof application === "string" ? application : null;
}

function describeMessage(operation: string): Tracing["attributes"] {
  return (destination) => ({
    "messaging.system": "singyeong",
    "messaging.operation.name": operation,
    "messaging.operation.type": "send",
    "messaging.destination.name": destination,
  });
}

/** Receivers of one message that are named one by one: to know who got it each needs a frame of its own. */
const maxNamed = 100;

function traceDelivery(delivery: Delivery, span: Span): Delivery {
  let receivers = 0;
  const carried = (message: Message): Message => ({
    ...message,
    headers: carry(message.codec, message.headers, span.carried),
  });

  function toOne(client: Client, message: Message): boolean {
    const queued = delivery.toOne(client, message);
    span.event(queued ? "delivered" : "dropped", client);
    if (queued) receivers++;
    return queued;
  }

  function told<T>(result: T): T {
    span.set({ "singyeong.receivers": receivers });
    return result;
  }

  return {
    toOne: (client, message) => told(toOne(client, carried(message))),
    toMany(clients, message) {
      const all = [...clients];
      const traced = carried(message);
      if (all.length > maxNamed) receivers = delivery.toMany(all, traced);
      else for (const client of all) toOne(client, traced);
      return told(receivers);
    },
  };
}

function traceTopics(topics: Topics, span: Span): Topics {
  return {
    ...topics,
    publish(publication, wish, settled) {
      const headers = carry(publication.codec, publication.headers, span.carried);
      topics.publish({ ...publication, headers }, wish, (outcome) => {
        if (outcome.ok) span.set({ "messaging.message.id": outcome.id, "singyeong.groups": outcome.groups });
        span.end(outcome.ok ? null : outcome.code);
        settled(outcome);
      });
    },
  };
}

function traceStreams(streams: Streams, span: Span): Streams {
  return {
    ...streams,
    open(caller, id, call) {
      const headers = carry(call.codec, call.headers, span.carried);
      const watch = {
        handed: (callee: Client) => span.event("delivered", callee),
        ended: (code: string | null) => span.end(code),
      };
      return streams.open(caller, id, { ...call, headers, watch });
    },
    refuse(caller, id, code, data) {
      span.end(code);
      return streams.refuse(caller, id, code, data);
    },
  };
}
