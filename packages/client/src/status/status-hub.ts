import { SingyeongError } from "../errors.ts";
import type { Platform } from "../platform/platform.ts";
import type { Status, StatusOf, StatusType } from "./status.ts";

/** Tells everyone who asked what happens. */
export interface StatusHub {
  publish(status: Status): void;
  /** Reports what nobody waits for. */
  report(error: SingyeongError): void;
  /** Counts a dropped message; those of one turn are told together. */
  dropped(from: "inbox" | "outbox"): void;
  /** Tells everything, and `null` once nothing more will come; what it gives takes that back. */
  watch(see: (status: Status | null) => void): () => void;
  on<T extends StatusType>(type: T, handler: (status: StatusOf<T>) => unknown): () => void;
}

export function createStatusHub(platform: Platform): StatusHub {
  const watchers = new Set<(status: Status | null) => void>();
  const listeners = new Set<{ readonly type: StatusType; readonly handler: (status: never) => unknown }>();
  const drops = { inbox: 0, outbox: 0 };
  let over = false;

  function publish(status: Status): void {
    if (over) return;
    for (const see of watchers) see(status);
    for (const { type, handler } of [...listeners]) if (type === status.type) callBack(handler, status);
    if (status.type !== "closed") return;
    over = true;
    for (const see of watchers) see(null);
    listeners.clear();
  }

  /** A handler's own failure is reported, unless it is one that listens to such reports. */
  function callBack(handler: (status: never) => unknown, status: Status): void {
    const failed = (cause: unknown): void => {
      if (status.type !== "error") report(handlerThrew(cause));
    };
    try {
      const result = handler(status as never);
      if (result instanceof Promise) result.catch(failed);
    } catch (cause) {
      failed(cause);
    }
  }

  const report = (error: SingyeongError): void => publish({ type: "error", error });

  function tellDrops(): void {
    for (const from of ["inbox", "outbox"] as const) {
      const count = drops[from];
      drops[from] = 0;
      if (count > 0) publish({ type: "dropped", from, count });
    }
  }

  return {
    publish,
    report,
    dropped(from) {
      if (drops.inbox + drops.outbox === 0) platform.soon(tellDrops);
      drops[from]++;
    },
    watch(see) {
      if (over) see(null);
      else watchers.add(see);
      return () => void watchers.delete(see);
    },
    on(type, handler) {
      const listener = { type, handler };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** The report of a user's function that failed. */
export function handlerThrew(cause: unknown, name = "a handler"): SingyeongError {
  const said = cause instanceof Error ? `: ${cause.message}` : "";
  return new SingyeongError("client/handler-threw", `${name} threw${said}`, { cause });
}
