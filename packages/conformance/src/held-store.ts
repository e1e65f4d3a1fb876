import { createMemoryQueueStore, type QueueStore } from "@singyeong/server";

/** A queue store in memory whose commits wait, or fail, when a test says so. */
export interface HeldStore extends QueueStore {
  /** Commits wait from now on. */
  hold(): void;
  /** Lets those through that wait, and all that follow. */
  release(): void;
  /** Commits fail with `error` from now on, those that wait among them; with `null` they succeed again. */
  fail(error: Error | null): void;
  /** Resolves once a commit waits, at once where one does. */
  waiting(): Promise<void>;
}

export function createHeldStore(): HeldStore {
  const store = createMemoryQueueStore();
  let isHeld = false;
  let failure: Error | null = null;
  const waiters: (() => void)[] = [];
  const observers: (() => void)[] = [];

  function letThrough(): void {
    isHeld = false;
    for (const proceed of waiters.splice(0)) proceed();
  }

  async function pass(): Promise<void> {
    if (!isHeld) return;
    const passed = new Promise<void>((resolve) => waiters.push(resolve));
    for (const tell of observers.splice(0)) tell();
    await passed;
  }

  return {
    ...store,
    async commit(changes) {
      await pass();
      if (failure !== null) throw failure;
      return store.commit(changes);
    },
    hold() {
      isHeld = true;
    },
    release: letThrough,
    fail(error) {
      failure = error;
      if (error !== null) letThrough();
    },
    waiting: () => (waiters.length > 0 ? Promise.resolve() : new Promise((resolve) => observers.push(resolve))),
  };
}
