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
  remove(identity: Identity): void;
  /** Forgets one that is over, and returns it; `null` where none is. */
  expire(nowMs: number): Identity | null;
  /** When the next one ends; infinite where there is none. */
  nextMs(): number;
  readonly size: number;
}

export function createIdentities(): Identities {
  const byQueue = new Map<string, Map<string, Identity>>();
  const inOrder = new Set<Identity>();

  function remove(identity: Identity): void {
    inOrder.delete(identity);
    const ids = byQueue.get(identity.queue);
    if (ids?.get(identity.id) !== identity) return;
    ids.delete(identity.id);
    if (ids.size === 0) byQueue.delete(identity.queue);
  }

  const first = (): Identity | undefined => inOrder.values().next().value;

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
      inOrder.add(identity);
    },
    expire(nowMs) {
      const oldest = first();
      if (oldest === undefined || oldest.untilMs > nowMs) return null;
      remove(oldest);
      return oldest;
    },
    nextMs: () => first()?.untilMs ?? Number.POSITIVE_INFINITY,
    get size() {
      return inOrder.size;
    },
  };
}
