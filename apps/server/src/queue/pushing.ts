import { jsonCodec, transcode } from "@singyeong/protocol/codec";
import { ownText } from "../kernel/own-text.ts";
import { StoreError } from "../kernel/store-error.ts";
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
import { refuseQueue } from "./refuse-queue.ts";

/** What a push becomes part of. */
export interface PushingOptions {
  readonly book: Book<Client>;
  readonly machine: Machine<Client>;
  readonly journal: Journal;
  readonly identities: Identities;
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

/** Memory that pushes may take which wait for the disk, and what each of them takes beside its body, about. */
const maxArrivingBytes = 64 * 1024 * 1024;
const arrivalBytes = 1024;

/** Targets that differ, over the whole server: each is compiled and kept in memory. Lengths are in characters. */
const maxTargets = 100_000;
const maxTargetLength = 65_536;
const maxTargetLengths = 16 * 1024 * 1024;

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
    return refuseArrival(bytes);
  }

  function refuseArrival(bytes: number): QueueRefusal | null {
    return arrivingBytes + bytes > maxArrivingBytes ? full("arriving_bytes", maxArrivingBytes) : null;
  }

  /** What a limit refuses of another target; `null` where there may be one more. */
  function refuseLane(queue: QueueState<Client>, target: string): QueueRefusal | null {
    if (target.length > maxTargetLength) return tooManyTargets("target_length", maxTargetLength);
    if (queue.lanes.size >= limits.maxQueueTargets) return tooManyTargets("queue_targets", limits.maxQueueTargets);
    if (book.laneCount >= maxTargets) return tooManyTargets("targets", maxTargets);
    return book.targetLength + target.length > maxTargetLengths ? tooManyTargets("length", maxTargetLengths) : null;
  }

  function takeLane(queue: QueueState<Client>, push: Push): Lane<Client> | QueueRefusal {
    const target = targetText(push);
    if (!queue.lanes.has(target)) {
      const refusal = refuseLane(queue, target);
      if (refusal !== null) return refusal;
      const compiled = router.compile(push.codec, push.target);
      if (!compiled.ok) {
        return refuse("query/invalid", {
          at: `/target${compiled.at}`,
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
    const expiresMs = push.ttlMs === 0 ? 0 : pushedMs + push.ttlMs;
    const { priority } = push;
    const maxAttempts = push.maxAttempts ?? limits.queueMaxAttempts;
    queue.arriving++;
    queue.bytes += bytes;
    arrivingBytes += bytes + arrivalBytes;

    function arrive(error: unknown): void {
      queue.arriving--;
      arrivingBytes -= bytes + arrivalBytes;
      if (error === null) {
        if (readyMs === 0) cache.add(seq, body);
        machine.admit({ seq, lane, priority, maxAttempts, pushedMs, expiresMs, bytes }, readyMs, now());
        metrics.pushed.total++;
      } else {
        queue.bytes -= bytes;
        book.leaveLane(lane);
        if (identity !== null) forget(identity, error);
      }
      settled(error === null ? { ok: true, id: formatMessageId(seq) } : refuseStore(error, limits.maxDiskBytes));
      options.changed();
    }
    journal.append({
      kind: "append",
      message: { seq, queue: queue.name, target: lane.target, priority, maxAttempts, pushedMs, identity, body },
      standing: {
        state: readyMs === 0 ? "ready" : "delayed",
        attempt: 0,
        turn: seq,
        dueMs: readyMs,
        expiresMs,
        cause: null,
      },
      settled: arrive,
    });
  }

  function remember(queue: string, id: string, seq: number, pushedMs: number): Identity {
    const identity = { queue, id, seq, untilMs: pushedMs + limits.queueDedupMs, refusal: null };
    identities.add(identity);
    return identity;
  }

  function forget(identity: Identity, error: unknown): void {
    identity.refusal = refuseStore(error, limits.maxDiskBytes);
    identities.remove(identity);
  }

  /** A push of an id that is known: answered as the first one was, and in its turn, behind what was pushed before it. */
  function join(first: Identity, settled: Settled<PushOutcome>): void {
    const refusal = refuseArrival(arrivalBytes);
    if (refusal !== null) return settled(refusal);
    metrics.duplicates.total++;
    arrivingBytes += arrivalBytes;
    journal.afterwards((error) => {
      arrivingBytes -= arrivalBytes;
      if (error !== null) return settled(refuseStore(error, limits.maxDiskBytes));
      settled(first.refusal ?? { ok: true, id: formatMessageId(first.seq) });
    });
  }

  return (push, settled) => {
    const first = push.id === null ? undefined : identities.find(push.queue, push.id, now());
    if (first !== undefined) return join(first, settled);
    if (push.id !== null && identities.size >= limits.maxQueueIds) {
      return settled(refuse("queue/too-many-ids", { max: limits.maxQueueIds }));
    }
    const refusal = refuseQueue(book, push.queue, limits.maxQueues);
    if (refusal !== null) return settled(refusal);
    const queue = book.queue(push.queue);
    const lane = takeLane(queue, push);
    if (!("target" in lane)) {
      book.sweep(queue);
      return settled(lane);
    }
    store(queue, lane, push, settled);
  };
}

function tooManyTargets(limit: string, max: number): QueueRefusal {
  return refuse("queue/too-many-targets", { limit, max });
}

function full(limit: string, max: number): QueueRefusal {
  return refuse("queue/full", { limit, max });
}

function refuseStore(error: unknown, maxDiskBytes: number): QueueRefusal {
  if (error instanceof StoreError) {
    if (error.fault === "full") return refuse("queue/full", { limit: "disk" });
    if (error.fault === "bound") return full("disk_bytes", maxDiskBytes);
  }
  return refuse("queue/unavailable", { message: "the store cannot write now" });
}

/** A target as lanes are known by: JSON text, whatever codec it came in. */
function targetText({ codec, target }: Push): string {
  return codec === jsonCodec ? (target as string) : (transcode(target, codec, jsonCodec) as string);
}
