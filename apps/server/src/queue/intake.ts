import { StoreError } from "../kernel/store-error.ts";
import type { BodyCache } from "./body-cache.ts";
import type { Journal, StoredAppend } from "./journal.ts";
import type { Book, NewMessage } from "./machine/book.ts";
import type { Lane, LaneTerms } from "./machine/lane.ts";
import type { Machine } from "./machine/machine.ts";
import { countMessages, type QueueState } from "./machine/queue-state.ts";
import type { MemoryBodies } from "./memory-bodies.ts";
import type { QueueMetrics } from "./queue-metrics.ts";
import { type QueueLimits, type QueueRefusal, refuse } from "./queues.ts";
import type { Taker } from "./taker.ts";

/** A message on its way into a lane, of whose users it is counted as one. */
export interface Incoming extends NewMessage<Taker> {
  /** When its delay is over; 0 where it has none. */
  readonly readyMs: number;
  readonly body: Uint8Array;
  readonly identity: StoredAppend["message"]["identity"];
}

export interface IntakeOptions {
  readonly book: Book<Taker>;
  readonly machine: Machine<Taker>;
  readonly journal: Journal;
  readonly cache: BodyCache;
  readonly memory: MemoryBodies;
  readonly metrics: QueueMetrics;
  readonly limits: QueueLimits;
  readonly usedBytes: () => number;
  readonly now: () => number;
  /** The machine has changed from outside of a call to it. */
  readonly changed: () => void;
}

/** The door of the queues: what fits through it, and how messages come in once they are stored. */
export interface Intake {
  /** The lane of a target, with one more user; made of its terms where there is none, which may be refused. */
  takeLane(queue: QueueState<Taker>, target: string, terms: () => LaneTerms | QueueRefusal): Lane<Taker> | QueueRefusal;
  /** What a queue refuses of one more message of so many bytes; `null` where it fits. */
  refuseMessage(queue: QueueState<Taker>, bytes: number): QueueRefusal | null;
  /** What is refused of so many bytes more on the disk, and so many that are held until they are there. */
  refuseStore(diskBytes: number, heldBytes: number): QueueRefusal | null;
  /**
   * Stores messages, and records beside them that are none, as one: all of them or none. Then `settled` is told, and they are part of their queues.
   * `heldBytes` is the memory that they take until then. Messages of volatile lanes are part of their queues at once, without `settled`.
   */
  store(
    messages: readonly Incoming[],
    records: readonly StoredAppend[],
    heldBytes: number,
    settled: (refusal: QueueRefusal | null) => void,
  ): void;
  /** Lets messages of volatile lanes in: at once. */
  admit(messages: readonly Incoming[]): void;
}

/** Memory that messages may take which wait for the disk, and what each of them takes beside its body, about. */
const maxArrivingBytes = 64 * 1024 * 1024;
export const arrivalBytes = 1024;

/** Targets that differ, over the whole server: each is compiled and kept in memory. Lengths are in characters. */
const maxTargets = 100_000;
const maxTargetLength = 65_536;
const maxTargetLengths = 16 * 1024 * 1024;

export function createIntake(options: IntakeOptions): Intake {
  const { book, machine, journal, cache, memory, metrics, limits, now } = options;
  let arrivingBytes = 0;

  /** What a limit refuses of another target; `null` where there may be one more. */
  function refuseLane(queue: QueueState<Taker>, target: string): QueueRefusal | null {
    const refusal = refuseTargetLength(target);
    if (refusal !== null) return refusal;
    if (queue.lanes.size >= limits.maxQueueTargets) return tooManyTargets("queue_targets", limits.maxQueueTargets);
    if (book.laneCount >= maxTargets) return tooManyTargets("targets", maxTargets);
    return book.targetLength + target.length > maxTargetLengths ? tooManyTargets("length", maxTargetLengths) : null;
  }

  function expect(messages: readonly Incoming[]): void {
    for (const { lane, bytes } of messages) {
      lane.queue.arriving++;
      lane.queue.bytes += bytes;
    }
  }

  function admit(message: Incoming): void {
    const { seq, lane, body, readyMs } = message;
    lane.queue.arriving--;
    if (lane.isVolatile) memory.add(seq, body);
    else if (readyMs === 0) cache.add(seq, body);
    machine.admit(message, readyMs, now());
    metrics.pushed.total++;
  }

  return {
    takeLane(queue, target, terms) {
      if (queue.lanes.has(target)) return book.lane(queue, target, null);
      const refusal = refuseLane(queue, target);
      if (refusal !== null) return refusal;
      const made = terms();
      return "ok" in made ? made : book.lane(queue, target, made);
    },
    refuseMessage(queue, bytes) {
      if (bytes > limits.maxQueueMessageBytes) return full("message_bytes", limits.maxQueueMessageBytes);
      if (countMessages(queue) >= limits.maxQueueMessages) return full("messages", limits.maxQueueMessages);
      return queue.bytes + bytes > limits.maxQueueBytes ? full("bytes", limits.maxQueueBytes) : null;
    },
    refuseStore(diskBytes, heldBytes) {
      if (diskBytes > 0 && options.usedBytes() + arrivingBytes + diskBytes > limits.maxDiskBytes)
        return full("disk_bytes", limits.maxDiskBytes);
      return arrivingBytes + heldBytes > maxArrivingBytes ? full("arriving_bytes", maxArrivingBytes) : null;
    },
    store(messages, records, heldBytes, settled) {
      expect(messages);
      arrivingBytes += heldBytes;

      function arrive(error: unknown): void {
        arrivingBytes -= heldBytes;
        if (error === null) for (const message of messages) admit(message);
        else for (const message of messages) withdraw(message);
        settled(error === null ? null : refuseBy(error, limits.maxDiskBytes));
        options.changed();
      }
      if (records.length === 0 && messages.length === 1) {
        return journal.append({ kind: "append", ...formAppend(messages[0]!), settled: arrive });
      }
      if (records.length === 0 && messages.length === 0) return journal.afterwards(arrive);
      journal.appendAll({ appends: [...records, ...messages.map(formAppend)], settled: arrive });
    },
    admit(messages) {
      expect(messages);
      for (const message of messages) admit(message);
    },
  };

  function withdraw({ lane, bytes }: Incoming): void {
    lane.queue.arriving--;
    lane.queue.bytes -= bytes;
    book.leaveLane(lane);
  }
}

function formAppend(incoming: Incoming): StoredAppend {
  const { seq, turn, lane, priority, maxAttempts, pushedMs, identity, body, readyMs, expiresMs } = incoming;
  const { queue, target } = lane;
  const state = readyMs === 0 ? "ready" : "delayed";
  return {
    message: { seq, queue: queue.name, target, priority, maxAttempts, pushedMs, identity, body },
    standing: { state, attempt: 0, turn, dueMs: readyMs, expiresMs, cause: null },
  };
}

function tooManyTargets(limit: string, max: number): QueueRefusal {
  return refuse("queue/too-many-targets", { limit, max });
}

/** What is refused of a target that is too long for any lane; `null` where it fits. */
export function refuseTargetLength({ length }: string): QueueRefusal | null {
  return length > maxTargetLength ? tooManyTargets("target_length", maxTargetLength) : null;
}

export function full(limit: string, max: number): QueueRefusal {
  return refuse("queue/full", { limit, max });
}

/** What is said where the store could not write. */
export function refuseBy(error: unknown, maxDiskBytes: number): QueueRefusal {
  if (error instanceof StoreError) {
    if (error.fault === "full") return refuse("queue/full", { limit: "disk" });
    if (error.fault === "bound") return full("disk_bytes", maxDiskBytes);
  }
  return refuse("queue/unavailable", { message: "the store cannot write now" });
}
