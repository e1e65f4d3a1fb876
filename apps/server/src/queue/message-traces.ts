import type { DeathCause } from "../ports/queue-store.ts";
import type { Span, TraceContext, TracedClient, Tracer } from "../ports/tracer.ts";
import { carry, readCarried } from "../trace/carried-headers.ts";
import type { Content } from "./content.ts";
import { formatMessageId } from "./message-id.ts";
import type { Push, Queues } from "./queues.ts";

/** A message and who it is about. */
export interface TracedMessage {
  readonly client: TracedClient;
  readonly seq: number;
  /** The queue's name, or the topic. */
  readonly destination: string;
  /** The group of a topic. */
  readonly group?: string;
}

/** Spans of messages that are stored: of being handed over, settled, and of their death. */
export interface MessageTraces {
  /** Ask first, as of a tracer. */
  readonly isOn: boolean;
  /** Hands a message over within a span, which its headers carry then; returns what `give` does. */
  hand(
    message: TracedMessage & { readonly attempt: number },
    content: Content,
    give: (content: Content) => boolean,
  ): boolean;
  settled(how: "ack" | "nack", message: TracedMessage): void;
  died(seq: number, queue: string, cause: DeathCause): void;
  /** The number of the trace that a message was handed over in last, for logs; `undefined` where that is not known. */
  traceOf(seq: number): string | undefined;
}

/** Messages whose last span is remembered: of one that has more behind it, what comes later is not traced. */
const maxRemembered = 65_536;

export function createMessageTraces(tracer: Tracer): MessageTraces {
  /** By number, the span in which a message was handed over last. */
  const handed = new Map<number, TraceContext>();

  function remember(seq: number, context: TraceContext): void {
    handed.delete(seq);
    if (handed.size >= maxRemembered) handed.delete(handed.keys().next().value!);
    handed.set(seq, context);
  }

  return {
    get isOn() {
      return tracer.isOn;
    },
    hand({ client, seq, destination, group, attempt }, content, give) {
      const { codec, headers } = content;
      const span = tracer.start({
        name: `receive ${destination}`,
        kind: "consumer",
        parent: readCarried(codec, headers),
        client,
        attributes: {
          ...describe("receive", "receive", destination, seq, group),
          "singyeong.message.attempt": attempt,
        },
      });
      if (span === null) return give(content);
      remember(seq, span.context);
      const taken = give({ ...content, headers: carry(codec, headers, span.carried) });
      span.end(taken ? null : "refused");
      return taken;
    },
    settled(how, { client, seq, destination, group }) {
      const parent = handed.get(seq);
      if (parent === undefined) return;
      if (how === "ack") handed.delete(seq);
      const attributes = describe(how, "settle", destination, seq, group);
      tracer.start({ name: `${how} ${destination}`, kind: "client", parent, client, attributes })?.end();
    },
    died(seq, queue, cause) {
      const parent = handed.get(seq);
      if (parent === undefined) return;
      const attributes = { ...describe("dead-letter", undefined, queue, seq), "singyeong.message.cause": cause };
      tracer.start({ name: `dead-letter ${queue}`, kind: "internal", parent, attributes })?.end(cause);
    },
    traceOf: (seq) => handed.get(seq)?.traceId,
  };
}

function describe(operation: string, type: string | undefined, destination: string, seq: number, group?: string) {
  return {
    "messaging.system": "singyeong",
    "messaging.operation.name": operation,
    "messaging.operation.type": type,
    "messaging.destination.name": destination,
    "messaging.consumer.group.name": group,
    "messaging.message.id": formatMessageId(seq),
  };
}

/** Stores a message within a span, which its headers carry, and which ends once it is stored or refused. */
export function tracePush(push: Queues["push"], span: Span): Queues["push"] {
  return (message, settled) => {
    push({ ...message, headers: carry(message.codec, message.headers, span.carried) }, (outcome) => {
      if (outcome.ok) span.set({ "messaging.message.id": outcome.id });
      span.end(outcome.ok ? null : outcome.code);
      settled(outcome);
    });
  };
}

/** Begins the span of a push; `null` where nobody wants it. */
export function startPush(
  tracer: Tracer,
  { queue, codec, headers }: Pick<Push, "queue" | "codec" | "headers">,
  client?: TracedClient,
): Span | null {
  return tracer.start({
    name: `send ${queue}`,
    kind: "producer",
    parent: readCarried(codec, headers),
    client,
    attributes: {
      "messaging.system": "singyeong",
      "messaging.operation.name": "push",
      "messaging.operation.type": "send",
      "messaging.destination.name": queue,
    },
  });
}
