import { jsonCodec } from "@singyeong/protocol/codec";
import type { QueueMessageInfo } from "@singyeong/protocol/schema";
import type { Static } from "typebox";
import type { QueueStore } from "../ports/queue-store.ts";
import type { Client } from "../registry/client.ts";
import type { Consumers } from "./consumers.ts";
import { decodeContent } from "./content.ts";
import type { Journal } from "./journal.ts";
import { type Book, oldestReadyMs } from "./machine/book.ts";
import { createListing } from "./machine/listing.ts";
import type { Machine } from "./machine/machine.ts";
import { causes, dead, states } from "./machine/message-table.ts";
import type { QueueState } from "./machine/queue-state.ts";
import { formatMessageId, parseMessageId } from "./message-id.ts";
import type { QueueAdmin } from "./queues.ts";

export interface QueueAdminOptions {
  readonly book: Book<Client>;
  readonly machine: Machine<Client>;
  readonly journal: Journal;
  readonly store: QueueStore;
  readonly consumers: Consumers;
  readonly now: () => number;
  readonly changed: () => void;
}

/** Messages changed in one go; what they change is on disk before the next ones follow. */
const maxChanged = 1000;

export function createQueueAdmin(options: QueueAdminOptions): QueueAdmin {
  const { book, machine, journal, store, consumers, now, changed } = options;
  const { table } = book;
  const listing = createListing(book);

  const stored = (): Promise<void> => new Promise((resolve) => journal.afterwards(resolve));

  function info(queue: QueueState<Client>) {
    const oldest = oldestReadyMs(book, queue);
    let count = 0;
    for (const { stakes } of consumers.all()) if (stakes.has(queue.name)) count++;
    return {
      queue: queue.name,
      ready: queue.ready,
      leased: queue.leased.size,
      delayed: queue.delayed.size,
      dead: queue.dead.size,
      bytes: queue.bytes,
      consumers: count,
      open_requests: queue.line.open,
      oldest_ms: oldest === null ? null : Math.max(0, now() - oldest),
      paused: queue.paused,
    };
  }

  async function describe(slot: number): Promise<Static<typeof QueueMessageInfo> | null> {
    const seq = table.seq.get(slot);
    const { queue, target } = book.laneOf(slot);
    const state = states[table.state.get(slot)]!;
    const holder = state === "leased" ? book.holders.get(slot)!.client : null;
    const described = {
      queue: queue.name,
      id: formatMessageId(seq),
      state,
      attempt: table.attempt.get(slot),
      max_attempts: table.maxAttempts.get(slot),
      priority: table.priority.get(slot),
      pushed_ms: table.pushedMs.get(slot),
      due_ms: state === "ready" ? null : table.dueMs.get(slot),
      expires_ms: table.expiresMs.get(slot) || null,
      cause: causes[table.cause.get(slot)]!,
      holder: holder === null ? null : { app_id: holder.application, client_id: holder.id },
      target: jsonCodec.decode(target) as Static<typeof QueueMessageInfo>["target"],
    };
    const [body] = await store.read([seq]);
    if (body === null || body === undefined) return null;
    const { codec, nonce, headers, payload } = decodeContent(body);
    return {
      ...described,
      nonce: nonce === undefined ? null : codec.decodeExact(nonce),
      headers: headers === undefined ? null : (codec.decode(headers) as Record<string, string>),
      payload: codec.decodeExact(payload),
    };
  }

  /** Changes messages a thousand at a time; resolves with how many once all is on disk. */
  async function changeAll(next: () => readonly number[], change: (slot: number) => void): Promise<number> {
    let count = 0;
    for (let slots = next(); slots.length > 0; slots = next()) {
      for (const slot of slots) change(slot);
      count += slots.length;
      changed();
      await stored();
    }
    return count;
  }

  /** Hands the messages of some ids out, a thousand at a time. */
  function byIds(queue: QueueState<Client>, ids: readonly string[], isWanted: (slot: number) => boolean) {
    const slots = listing.find(queue, new Set(ids.map(parseMessageId))).filter(isWanted);
    return () => slots.splice(0, maxChanged);
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
    async messages(name, { state, limit, maxBytes, after }) {
      const queue = book.queues.get(name);
      if (queue === undefined) return null;
      const page = listing.page(queue, state, limit, maxBytes, after);
      const described = await Promise.all(page.slots.map(describe));
      return { messages: described.filter((message) => message !== null), next: page.next };
    },
    async message(name, id) {
      const queue = book.queues.get(name);
      const slot = queue && listing.find(queue, new Set([parseMessageId(id)]))[0];
      return slot === undefined ? null : describe(slot);
    },
    async ack(name, ids) {
      const queue = book.queues.get(name);
      return queue === undefined
        ? null
        : changeAll(
            byIds(queue, ids, () => true),
            machine.discard,
          );
    },
    async redrive(name, ids) {
      const queue = book.queues.get(name);
      if (queue === undefined) return null;
      const isDead = (slot: number): boolean => table.state.get(slot) === dead;
      const all = listing.slots(queue, "dead");
      const next = ids === null ? () => all.splice(0, maxChanged).filter(isDead) : byIds(queue, ids, isDead);
      return changeAll(next, (slot) => machine.redrive(slot, now()));
    },
    async purge(name, purged) {
      const queue = book.queues.get(name);
      if (queue === undefined) return null;
      let count = 0;
      for (const state of purged) {
        count += await changeAll(
          () => listing.page(queue, state, maxChanged, Number.POSITIVE_INFINITY, null).slots,
          machine.discard,
        );
      }
      return count;
    },
    async pause(name, paused) {
      if (!paused && !book.queues.has(name)) return;
      machine.pause(book.queue(name), paused, now());
      journal.note({ kind: "pause", queue: name, paused });
      changed();
      await stored();
    },
    backup: (name) => store.backup(name),
  };
}
