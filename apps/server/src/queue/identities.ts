/** A push whose id is remembered. */
export interface Identity<Waiter> {
  readonly queue: string;
  readonly id: string;
  readonly seq: number;
  readonly untilMs: number;
  /** Others that pushed the same and wait with it for the disk; `null` once it is there. */
  waiting: Waiter[] | null;
}

/** The ids of pushes, for as long as pushes of one id are one message. Entered in the order in which they end. */
export interface Identities<Waiter> {
  find(queue: string, id: string, nowMs: number): Identity<Waiter> | undefined;
  add(identity: Identity<Waiter>): void;
  remove(identity: Identity<Waiter>): void;
  /** Forgets one that is over, and returns it; `null` where none is. */
  expire(nowMs: number): Identity<Waiter> | null;
  /** When the next one ends; infinite where there is none. */
  nextMs(): number;
  readonly size: number;
}

export function createIdentities<Waiter>(): Identities<Waiter> {
  const byQueue = new Map<string, Map<string, Identity<Waiter>>>();
  const inOrder = new Set<Identity<Waiter>>();

  function remove(identity: Identity<Waiter>): void {
    inOrder.delete(identity);
    const ids = byQueue.get(identity.queue);
    if (ids?.get(identity.id) !== identity) return;
    ids.delete(identity.id);
    if (ids.size === 0) byQueue.delete(identity.queue);
  }

  const first = (): Identity<Waiter> | undefined => inOrder.values().next().value;

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
