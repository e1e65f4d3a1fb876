import type { QueueStore } from "../ports/queue-store.ts";
import type { BodyCache } from "./body-cache.ts";
import { decodeContent } from "./content.ts";
import type { MessageRef } from "./machine/message-table.ts";
import type { Consumer } from "./machine/queue-state.ts";
import { readBodies, storePauseMs } from "./store-reading.ts";
import type { Taker } from "./taker.ts";

/** A message that was leased and is to be handed over. */
export interface Parcel {
  readonly slot: number;
  readonly seq: number;
  readonly queue: string;
  readonly attempt: number;
  /** Tells this lease from others of the message. */
  readonly lease: number;
  readonly bytes: number;
  readonly consumer: Consumer<Taker>;
  /** Its content, where it need not be read; `null` also where the store has lost it. */
  body: Uint8Array | null;
  isRead: boolean;
  /** Why it has no content. */
  fault: unknown;
}

/** What became of a parcel that could not be handed over. */
export type Failure =
  /** The connection takes no more, or is gone. */
  | "refused"
  /** The store does not have the content any more, or not as it was. */
  | "unreadable";

export interface PostmanOptions {
  readonly store: Pick<QueueStore, "read">;
  readonly cache: Pick<BodyCache, "add" | "has" | "take">;
  /** Whether a parcel is still its consumer's. */
  readonly isCurrent: (parcel: Parcel) => boolean;
  /** The messages that will be wanted next, if what is wanted now is a parcel. */
  readonly ahead: (parcel: Parcel) => readonly MessageRef[];
  /** Whether a message still waits. */
  readonly isWaiting: (message: MessageRef) => boolean;
  readonly failed: (parcel: Parcel, failure: Failure, error: unknown) => void;
  /** Milliseconds that only grow. */
  readonly elapsed: () => number;
  /** Resolves after so many ms: with 0, as soon as others had their turn. */
  readonly pause: (ms: number) => Promise<void>;
}

/** Hands leased messages over, to each consumer in the order in which they were leased, reading what is not at hand. */
export interface Postman {
  add(lease: Omit<Parcel, "body" | "isRead" | "fault">): void;
  /** Hands over what can be: to be called when the machine has come to rest. */
  deliver(): void;
}

/** Bodies read in one go, and about how many bytes of them. */
const maxRead = 64;
const maxReadBytes = 1024 * 1024;
/** Time to hand over at a stretch: large contents that are converted take long, and others want their turn. */
const stretchMs = 2;

/** What waits for one consumer, in order. */
interface Box {
  readonly consumer: Consumer<Taker>;
  parcels: Parcel[];
  /** The first that is not dealt with. */
  head: number;
}

export function createPostman(options: PostmanOptions): Postman {
  const { store, cache, isCurrent, ahead, isWaiting, failed, elapsed, pause } = options;
  const boxes = new Map<Consumer<Taker>, Box>();
  /** Boxes whose first parcel may be dealt with, and those whose first parcel is to be read. */
  const ready = new Set<Box>();
  const cold = new Set<Box>();
  let reading = false;
  let delivering = false;

  function deliver(): void {
    // What fails changes the machine, which may lease more: that joins this round.
    if (delivering || ready.size === 0) return;
    delivering = true;
    const untilMs = elapsed() + stretchMs;
    let isTimeOver = false;
    try {
      for (const box of ready) {
        while (!isTimeOver && step(box)) isTimeOver = elapsed() > untilMs;
        if (isTimeOver) break;
        ready.delete(box);
      }
    } finally {
      delivering = false;
    }
    if (isTimeOver) void pause(0).then(deliver);
    if (cold.size > 0 && !reading) void read();
  }

  /** Deals with the first parcel of a box; false where there is none, or it is to be read first. */
  function step(box: Box): boolean {
    const parcel = box.parcels[box.head];
    if (parcel === undefined) {
      if (boxes.get(box.consumer) === box) boxes.delete(box.consumer);
      return false;
    }
    const isOurs = isCurrent(parcel);
    if (isOurs && !parcel.isRead) {
      cold.add(box);
      return false;
    }
    if (++box.head > maxRead) {
      box.parcels = box.parcels.slice(box.head);
      box.head = 0;
    }
    if (isOurs) handOver(parcel);
    parcel.body = null;
    return true;
  }

  function handOver(parcel: Parcel): void {
    if (parcel.body === null) return failed(parcel, "unreadable", parcel.fault);
    if (!parcel.consumer.client.handOver(parcel, decodeContent(parcel.body))) failed(parcel, "refused", null);
  }

  /** Reads for one box after the other. */
  async function read(): Promise<void> {
    reading = true;
    for (const box of cold) {
      cold.delete(box);
      const wanted = listWanted(box);
      if (wanted.length > 0) {
        const next = wanted.length > 1 ? [] : ahead(wanted[0]!).filter(({ seq }) => !cache.has(seq));
        await readAll(wanted, next);
      }
      ready.add(box);
      deliver();
    }
    reading = false;
  }

  function listWanted({ parcels, head }: Box): Parcel[] {
    const wanted: Parcel[] = [];
    let bytes = 0;
    for (let i = head; i < parcels.length && wanted.length < maxRead && bytes < maxReadBytes; i++) {
      const parcel = parcels[i]!;
      if (parcel.isRead || !isCurrent(parcel)) continue;
      wanted.push(parcel);
      bytes += parcel.bytes;
    }
    return wanted;
  }

  async function readAll(wanted: readonly Parcel[], next: readonly MessageRef[]): Promise<void> {
    try {
      const bodies = await readBodies(
        store,
        [...wanted, ...next].map(({ seq }) => seq),
      );
      wanted.forEach((parcel, i) => {
        Object.assign(parcel, bodies[i], { isRead: true });
      });
      next.forEach((message, i) => {
        const { body } = bodies[wanted.length + i]!;
        if (body !== null && isWaiting(message)) cache.add(message.seq, body);
      });
    } catch {
      await pause(storePauseMs);
    }
  }

  return {
    deliver,
    add(lease) {
      const body = cache.take(lease.seq) ?? null;
      let box = boxes.get(lease.consumer);
      if (box === undefined) {
        box = { consumer: lease.consumer, parcels: [], head: 0 };
        boxes.set(lease.consumer, box);
      }
      box.parcels.push({ ...lease, body, isRead: body !== null, fault: null });
      if (!cold.has(box)) ready.add(box);
    },
  };
}
