import type { Delivery } from "../delivery/delivery.ts";
import { StoreError } from "../kernel/store-error.ts";
import type { QueueStore } from "../ports/queue-store.ts";
import type { Client } from "../registry/client.ts";
import type { BodyCache } from "./body-cache.ts";
import { decodeContent } from "./content.ts";
import type { Consumer } from "./machine/queue-state.ts";
import { formatMessageId } from "./message-id.ts";
import type { Waiting } from "./read-ahead.ts";

/** A message that was leased and is to be handed over. */
export interface Parcel {
  readonly seq: number;
  readonly queue: string;
  readonly attempt: number;
  readonly consumer: Consumer<Client>;
  /** Its content, where it need not be read; `null` also where the store has lost it. */
  body: Uint8Array | null;
  isRead: boolean;
}

/** What became of a parcel that could not be handed over. */
export type Failure =
  /** The connection takes no more, or is gone. */
  | "refused"
  /** The store does not have the content any more, or not as it was. */
  | "unreadable";

export interface PostmanOptions {
  readonly store: QueueStore;
  readonly cache: BodyCache;
  readonly delivery: Delivery;
  /** Whether a parcel is still its consumer's. */
  readonly isCurrent: (parcel: Parcel) => boolean;
  /** The messages that will be wanted next, if what is wanted now is a parcel. */
  readonly ahead: (parcel: Parcel) => readonly Waiting[];
  /** Whether a message still waits. */
  readonly isWaiting: (message: Waiting) => boolean;
  readonly failed: (parcel: Parcel, failure: Failure, error: unknown) => void;
  /** Resolves after a while: a store that cannot be read now is asked again then. */
  readonly pause: () => Promise<void>;
}

/** Hands leased messages over in the order in which they were leased, reading what is not at hand. */
export interface Postman {
  add(seq: number, queue: string, attempt: number, consumer: Consumer<Client>): void;
  /** Hands over what can be: to be called when the machine has come to rest. */
  deliver(): void;
}

/** Bodies read in one go. */
const maxRead = 64;
/** Parcels that were handed over and are still in the list. */
const maxHandedOver = 4096;

export function createPostman({
  store,
  cache,
  delivery,
  isCurrent,
  ahead,
  isWaiting,
  failed,
  pause,
}: PostmanOptions): Postman {
  let parcels: Parcel[] = [];
  let head = 0;
  let reading = false;
  let delivering = false;

  function deliver(): void {
    // What fails changes the machine, which may lease more: that joins the end of this round.
    if (delivering) return;
    delivering = true;
    while (head < parcels.length) {
      const parcel = parcels[head]!;
      if (!parcel.isRead) {
        if (!reading) void read();
        break;
      }
      head++;
      if (isCurrent(parcel)) handOver(parcel);
    }
    // Where reading never catches up with what is leased, the list would never be empty.
    if (head === parcels.length || head > maxHandedOver) {
      parcels = parcels.slice(head);
      head = 0;
    }
    delivering = false;
  }

  function handOver(parcel: Parcel): void {
    if (parcel.body === null) return failed(parcel, "unreadable", null);
    const { codec, nonce, headers, payload } = decodeContent(parcel.body);
    const fields = { queue: parcel.queue, id: formatMessageId(parcel.seq), attempt: parcel.attempt };
    const message = { event: "QUEUE", codec, nonce, headers, payload: codec.embed(fields, "payload", payload) };
    if (!delivery.toOne(parcel.consumer.client, message)) failed(parcel, "refused", null);
  }

  async function read(): Promise<void> {
    reading = true;
    const wanted: Parcel[] = [];
    for (let i = head; i < parcels.length && wanted.length < maxRead; i++) {
      if (!parcels[i]!.isRead) wanted.push(parcels[i]!);
    }
    const isMany = wanted.length > 1;
    await readAll(wanted, isMany ? [] : ahead(wanted[0]!).filter(({ seq }) => !cache.has(seq)));
    reading = false;
    deliver();
  }

  async function readAll(wanted: readonly Parcel[], next: readonly Waiting[]): Promise<void> {
    try {
      const bodies = await store.read([...wanted, ...next].map(({ seq }) => seq));
      wanted.forEach((parcel, i) => {
        parcel.body = bodies[i]!;
        parcel.isRead = true;
      });
      next.forEach((message, i) => {
        const body = bodies[wanted.length + i]!;
        if (body !== null && isWaiting(message)) cache.add(message.seq, body);
      });
    } catch (error) {
      if (!(error instanceof StoreError) || error.fault !== "damaged") return await pause();
      // One that is damaged is not to hold the others back.
      if (wanted.length + next.length > 1) for (const parcel of wanted) await readAll([parcel], []);
      else lose(wanted[0]!, error);
    }
  }

  function lose(parcel: Parcel, error: unknown): void {
    parcels.splice(parcels.indexOf(parcel), 1);
    failed(parcel, "unreadable", error);
  }

  return {
    deliver,
    add(seq, queue, attempt, consumer) {
      const body = cache.take(seq) ?? null;
      parcels.push({ seq, queue, attempt, consumer, body, isRead: body !== null });
    },
  };
}
