import { jsonCodec } from "@singyeong/protocol/codec";
import type { QueueMessageInfo } from "@singyeong/protocol/schema";
import type { Static } from "typebox";
import type { QueueStore } from "../ports/queue-store.ts";
import { decodeContent } from "./content.ts";
import type { Journal } from "./journal.ts";
import { type Book, oldestReadyMs } from "./machine/book.ts";
import { createListing } from "./machine/listing.ts";
import type { Machine } from "./machine/machine.ts";
import { causes, dead, type MessageRef, states } from "./machine/message-table.ts";
import type { QueueState } from "./machine/queue-state.ts";
import { formatMessageId, parseMessageId } from "./message-id.ts";
import { type QueueAdmin, refuse } from "./queues.ts";
import { refuseQueue } from "./refuse-queue.ts";
import { readBodies } from "./store-reading.ts";
import { parseStoredTarget } from "./stored-target.ts";
import type { Taker } from "./taker.ts";

export interface QueueAdminOptions {
  readonly book: Book<Taker>;
  readonly machine: Machine<Taker>;
  readonly journal: Journal;
  readonly store: Pick<QueueStore, "read" | "backup">;
  readonly maxQueues: number;
  /** The greatest number that a message has. */
  readonly lastSeq: () => number;
  readonly now: () => number;
  readonly changed: () => void;
}

/** What is shown of a message whose content the store has lost. */
const unreadable = { nonce: null, headers: null, payload: null };

/** Messages changed in one go; what they change is on disk before the next ones follow. */
const maxChanged = 1000;

export function createQueueAdmin(options: QueueAdminOptions): QueueAdmin {
  const { book, machine, journal, store, maxQueues, lastSeq, now, changed } = options;
  const { table } = book;
  const listing = createListing(book);

  const stored = (): Promise<void> =>
    new Promise((resolve, reject) => journal.afterwards((error) => (error === null ? resolve() : reject(error))));

  function info(queue: QueueState<Taker>) {
    const oldest = oldestReadyMs(book, queue);
    return {
      queue: queue.name,
      ready: queue.ready,
      leased: queue.leased.size,
      delayed: queue.delayed.size,
      dead: queue.dead.size,
      bytes: queue.bytes,
      consumers: queue.consumers,
      open_requests: queue.line.open,
      oldest_ms: oldest === null ? null : Math.max(0, now() - oldest),
      paused: queue.paused,
    };
  }

  /** Everything about a message but what the store has of it. */
  function outline(slot: number) {
    const { queue, target } = book.laneOf(slot);
    const state = states[table.state.get(slot)]!;
    const holder = state === "leased" ? book.holders.get(slot)!.client.client : null;
    return {
      queue: queue.name,
      id: formatMessageId(table.seq.get(slot)),
      state,
      attempt: table.attempt.get(slot),
      max_attempts: table.maxAttempts.get(slot),
      priority: table.priority.get(slot),
      pushed_ms: table.pushedMs.get(slot),
      due_ms: state === "ready" ? null : (state === "delayed" ? table.readyMs : table.dueMs).get(slot),
      expires_ms: table.expiresMs.get(slot) || null,
      cause: causes[table.cause.get(slot)]!,
      holder: holder === null ? null : { app_id: holder.application, client_id: holder.id },
      ...describeTarget(target),
    };
  }

  /** Messages as they stand now. Those that go while their bodies are read are left out; what cannot be read is null. */
  async function describe(slots: readonly number[]): Promise<Static<typeof QueueMessageInfo>[]> {
    const found = slots.map(book.refer);
    const outlines = slots.map(outline);
    const bodies = await readBodies(
      store,
      found.map(({ seq }) => seq),
    );
    return outlines.flatMap((described, i) => {
      const { body } = bodies[i]!;
      if (body === null) return book.has(found[i]!) ? [{ ...described, ...unreadable }] : [];
      const { codec, nonce, headers, payload } = decodeContent(body);
      return {
        ...described,
        nonce: nonce === undefined ? null : codec.decodeExact(nonce),
        headers: headers === undefined ? null : (codec.decode(headers) as Record<string, string>),
        payload: codec.decodeExact(payload),
      };
    });
  }

  /**
   * Changes messages a thousand at a time; resolves with how many once all is on disk. Between the groups others change
   * messages too, and slots are used again: a message is known by its number.
   */
  async function changeAll(next: () => readonly MessageRef[], change: (slot: number) => boolean): Promise<number> {
    let count = 0;
    for (let found = next(); found.length > 0; found = next()) {
      for (const message of found) if (book.has(message) && change(message.slot)) count++;
      changed();
      await stored();
    }
    return count;
  }

  function discard(slot: number): boolean {
    machine.discard(slot);
    return true;
  }

  /** Hands messages out, a thousand at a time. */
  function inGroups(slots: readonly number[]): () => readonly MessageRef[] {
    const found = slots.map(book.refer);
    return () => found.splice(0, maxChanged);
  }

  function findAll(queue: QueueState<Taker>, ids: readonly string[]): number[] {
    return listing.find(queue, new Set(ids.map(parseMessageId).filter((seq) => seq !== null)));
  }

  return {
    list: (prefix) =>
      [...book.queues.values()]
        .filter(({ name }) => name.startsWith(prefix))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(info),
    info(name) {
      const queue = book.queues.get(name);
      return queue === undefined ? null : info(queue);
    },
    async messages(name, request) {
      const queue = book.queues.get(name);
      if (queue === undefined) return null;
      const page = listing.page(queue, request);
      if (page === null) return refuse("http/malformed-query", { message: "after is the next of an earlier page" });
      return { messages: await describe(page.slots), next: page.next };
    },
    async message(name, id) {
      const queue = book.queues.get(name);
      if (queue === undefined) return null;
      const [message] = await describe(findAll(queue, [id]));
      return message ?? null;
    },
    async ack(name, ids) {
      const queue = book.queues.get(name);
      return queue === undefined ? null : changeAll(inGroups(findAll(queue, ids)), discard);
    },
    async redrive(name, ids) {
      const queue = book.queues.get(name);
      if (queue === undefined) return null;
      const slots = ids === null ? listing.some(queue, "dead", lastSeq(), queue.dead.size) : findAll(queue, ids);
      const isDead = (slot: number): boolean => table.state.get(slot) === dead;
      return changeAll(inGroups(slots.filter(isDead)), (slot) => {
        if (!isDead(slot)) return false;
        machine.redrive(slot, now());
        return true;
      });
    },
    async purge(name, purged) {
      const queue = book.queues.get(name);
      if (queue === undefined) return null;
      // What is pushed meanwhile stays, or this might never end.
      const last = lastSeq();
      let count = 0;
      for (const state of purged) {
        count += await changeAll(() => listing.some(queue, state, last, maxChanged).map(book.refer), discard);
      }
      return count;
    },
    async pause(name, paused) {
      if (!book.queues.has(name)) {
        if (!paused) return null;
        const refusal = refuseQueue(book, name, maxQueues);
        if (refusal !== null) return refusal;
      }
      machine.pause(book.queue(name), paused, now());
      journal.note({ kind: "pause", queue: name, paused });
      changed();
      await stored();
      return null;
    },
    backup: (name) => store.backup(name),
  };
}

/** The query of a stored target, and the namespace of who sent it, where it has one. */
function describeTarget(stored: string): Pick<Static<typeof QueueMessageInfo>, "target" | "namespace"> {
  const { query, namespace } = parseStoredTarget(stored);
  const target = jsonCodec.decode(query) as Static<typeof QueueMessageInfo>["target"];
  return namespace === null ? { target } : { target, namespace };
}
