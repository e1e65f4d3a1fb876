import { jsonCodec, transcode } from "@singyeong/protocol/codec";
import type { Query } from "@singyeong/query";
import { ownText } from "../kernel/own-text.ts";
import { StoreError } from "../kernel/store-error.ts";
import type { Standing, StoredMessage } from "../ports/queue-store.ts";
import type { Client } from "../registry/client.ts";
import type { Router } from "../router/router.ts";
import type { BodyCache } from "./body-cache.ts";
import { encodeContent } from "./content.ts";
import type { Identities, Identity } from "./identities.ts";
import type { Journal } from "./journal.ts";
import type { Book } from "./machine/book.ts";
import type { Lane } from "./machine/lane.ts";
import type { Machine } from "./machine/machine.ts";
import { countMessages, type QueueState } from "./machine/queue-state.ts";
import { formatMessageId } from "./message-id.ts";
import type { QueueMetrics } from "./queue-metrics.ts";
import { type Push, type PushOutcome, type QueueLimits, type QueueRefusal, refuse, type Settled } from "./queues.ts";

/** What a push becomes part of. */
export interface PushingOptions {
  readonly book: Book<Client>;
  readonly machine: Machine<Client>;
  readonly journal: Journal;
  readonly identities: Identities<Settled<PushOutcome>>;
  readonly cache: BodyCache;
  readonly router: Router;
  readonly metrics: QueueMetrics;
  readonly limits: QueueLimits;
  readonly usedBytes: () => number;
  readonly nextSeq: () => number;
  readonly now: () => number;
  /** The machine has changed from outside of a call to it. */
  readonly changed: () => void;
}

/** Bytes of pushes that may wait for the disk at a time. */
const maxArrivingBytes = 64 * 1024 * 1024;

/** The way into a queue: checked, stored, confirmed, and only then part of it. */
export function createPushing(options: PushingOptions): (push: Push, settled: Settled<PushOutcome>) => void {
  const { book, machine, journal, identities, cache, router, metrics, limits, now } = options;
  let arrivingBytes = 0;

  /** What a limit refuses of a message of so many bytes; `null` where it fits. */
  function refuseSize(queue: QueueState<Client>, bytes: number): QueueRefusal | null {
    if (bytes > limits.maxQueueMessageBytes) return full("message_bytes", limits.maxQueueMessageBytes);
    if (countMessages(queue) >= limits.maxQueueMessages) return full("messages", limits.maxQueueMessages);
    if (queue.bytes + bytes > limits.maxQueueBytes) return full("bytes", limits.maxQueueBytes);
    if (options.usedBytes() + arrivingBytes + bytes > limits.maxDiskBytes)
      return full("disk_bytes", limits.maxDiskBytes);
    return arrivingBytes + bytes > maxArrivingBytes ? full("arriving_bytes", maxArrivingBytes) : null;
  }

  function takeLane(queue: QueueState<Client>, push: Push): Lane<Client> | QueueRefusal {
    const target = targetText(push);
    if (!queue.lanes.has(target)) {
      if (queue.lanes.size >= limits.maxQueueTargets) {
        return refuse("queue/too-many-targets", { max: limits.maxQueueTargets });
      }
      const compiled = router.compile(push.codec, push.target);
      if (!compiled.ok) {
        return refuse("query/invalid", {
          at: `/d/target${compiled.at}`,
          rule: compiled.code,
          message: compiled.message,
        });
      }
      return book.lane(queue, ownText(target), compiled.query);
    }
    return book.lane(queue, target, null);
  }

  function store(queue: QueueState<Client>, lane: Lane<Client>, push: Push, settled: Settled<PushOutcome>): void {
    const body = encodeContent(push);
    const bytes = body.byteLength + lane.target.length;
    const refusal = refuseSize(queue, bytes);
    if (refusal !== null) {
      book.leaveLane(lane);
      return settled(refusal);
    }
    const pushedMs = now();
    const seq = options.nextSeq();
    const identity =
      push.id === null || limits.queueDedupMs === 0 ? null : remember(queue.name, ownText(push.id), seq, pushedMs);
    const readyMs = push.delayMs === 0 ? 0 : pushedMs + push.delayMs;
    const message: StoredMessage = {
      seq,
      queue: queue.name,
      target: lane.target,
      priority: push.priority,
      maxAttempts: push.maxAttempts ?? limits.queueMaxAttempts,
      pushedMs,
      identity,
      body,
    };
    const standing: Standing = {
      state: readyMs === 0 ? "ready" : "delayed",
      attempt: 0,
      turn: seq,
      dueMs: readyMs,
      expiresMs: push.ttlMs === 0 ? 0 : pushedMs + push.ttlMs,
      cause: null,
    };
    queue.arriving++;
    queue.bytes += bytes;
    arrivingBytes += bytes;

    function arrive(error: unknown): void {
      queue.arriving--;
      arrivingBytes -= bytes;
      const outcome: PushOutcome = error === null ? { ok: true, id: formatMessageId(seq) } : refuseStore(error);
      if (error === null) {
        if (readyMs === 0) cache.add(seq, body);
        machine.admit(
          {
            seq,
            lane,
            priority: message.priority,
            maxAttempts: message.maxAttempts,
            pushedMs,
            expiresMs: standing.expiresMs,
            bytes,
          },
          readyMs,
          now(),
        );
        metrics.pushed.total++;
      } else {
        queue.bytes -= bytes;
        book.leaveLane(lane);
      }
      settled(outcome);
      if (identity !== null) settleTwins(identity, outcome);
      options.changed();
    }
    journal.append({ kind: "append", message, standing, settled: arrive });
  }

  function remember(queue: string, id: string, seq: number, pushedMs: number): Identity<Settled<PushOutcome>> {
    const identity = { queue, id, seq, untilMs: pushedMs + limits.queueDedupMs, waiting: [] };
    identities.add(identity);
    return identity;
  }

  /** Pushes of the same id that came while the first was on its way share its fate. */
  function settleTwins(identity: Identity<Settled<PushOutcome>>, outcome: PushOutcome): void {
    const twins = identity.waiting!;
    identity.waiting = null;
    if (!outcome.ok) identities.remove(identity);
    for (const settled of twins) settled(outcome);
  }

  return (push, settled) => {
    const first = push.id === null ? undefined : identities.find(push.queue, push.id, now());
    if (first !== undefined) {
      metrics.duplicates.total++;
      if (first.waiting === null) settled({ ok: true, id: formatMessageId(first.seq) });
      else first.waiting.push(settled);
      return;
    }
    if (push.id !== null && identities.size >= limits.maxQueueIds) {
      return settled(refuse("queue/too-many-ids", { max: limits.maxQueueIds }));
    }
    if (!book.queues.has(push.queue) && book.queues.size >= limits.maxQueues) {
      return settled(refuse("queue/too-many-queues", { max: limits.maxQueues }));
    }
    const queue = book.queue(push.queue);
    const lane = takeLane(queue, push);
    if (!("target" in lane)) {
      book.sweep(queue);
      return settled(lane);
    }
    store(queue, lane, push, settled);
  };
}

function full(limit: string, max: number): QueueRefusal {
  return refuse("queue/full", { limit, max });
}

function refuseStore(error: unknown): QueueRefusal {
  if (error instanceof StoreError && error.fault === "full") return refuse("queue/full", { limit: "disk" });
  return refuse("queue/unavailable", { message: "the store cannot write now" });
}

/** A target as lanes are known by: JSON text, whatever codec it came in. */
function targetText({ codec, target }: Push): string {
  return codec === jsonCodec ? (target as string) : (transcode(target, codec, jsonCodec) as string);
}
