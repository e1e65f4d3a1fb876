import type { QueueRefusal } from "./queues.ts";

/** A push whose id is remembered. */
export interface Identity {
  readonly queue: string;
  readonly id: string;
  readonly seq: number;
  readonly untilMs: number;
  /** Why it came to nothing, where it did: then it is forgotten, and others that pushed the same share its fate. */
  refusal: QueueRefusal | null;
}

/** The ids of pushes, for as long as pushes of one id are one message. Entered in the order in which they end. */
export interface Identities {
  find(queue: string, id: string, nowMs: number): Identity | undefined;
  add(identity: Identity): void;
  /** Takes out one that came to nothing: its refusal is set. */
  remove(identity: Identity): void;
  /** Forgets one that is over, and returns it; `null` where none is. */
  expire(nowMs: number): Identity | null;
  /** When the next one ends; infinite where there is none. */
  nextMs(): number;
  readonly size: number;
}

/** Ids that are over are cut off the list when there are so many. */
const maxOver = 1024;

export function createIdentities(): Identities {
  const byQueue = new Map<string, Map<string, Identity>>();
  // A list with a head: what a set has lost at its front it looks through each time.
  let inOrder: Identity[] = [];
  let head = 0;
  let size = 0;

  function remove(identity: Identity): void {
    size--;
    const ids = byQueue.get(identity.queue);
    if (ids?.get(identity.id) !== identity) return;
    ids.delete(identity.id);
    if (ids.size === 0) byQueue.delete(identity.queue);
  }

  /** The one that ends next, past those that came to nothing. */
  function first(): Identity | undefined {
    while (head < inOrder.length && inOrder[head]!.refusal !== null) head++;
    if (head > maxOver && head * 2 > inOrder.length) {
      inOrder = inOrder.slice(head);
      head = 0;
    }
    return inOrder[head];
  }

  return {
    remove,
    find(queue, id, nowMs) {
      const known = byQueue.get(queue)?.get(id);
      return known !== undefined && known.untilMs > nowMs ? known : undefined;
    },
    add(identity) {
      const ids = byQueue.get(identity.queue);
      if (ids === undefined) byQueue.set(identity.queue, new Map([[identity.id, identity]]));
      else ids.set(identity.id, identity);
      inOrder.push(identity);
      size++;
    },
    expire(nowMs) {
      const oldest = first();
      if (oldest === undefined || oldest.untilMs > nowMs) return null;
      head++;
      remove(oldest);
      return oldest;
    },
    nextMs: () => first()?.untilMs ?? Number.POSITIVE_INFINITY,
    get size() {
      return size;
    },
  };
}
