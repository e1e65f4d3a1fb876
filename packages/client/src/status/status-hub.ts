import { type Channel, createChannel } from "../channel/channel.ts";
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
  iterate(): Channel<Status>;
  on<T extends StatusType>(type: T, handler: (status: StatusOf<T>) => unknown): () => void;
}

/** How many statuses wait for a reader; past it the oldest is dropped. */
const maxWaiting = 256;

export function createStatusHub(platform: Platform): StatusHub {
  const channels = new Set<Channel<Status>>();
  const handlers = new Map<StatusType, Set<{ readonly handler: (status: never) => unknown }>>();
  const drops = { inbox: 0, outbox: 0 };
  let over = false;

  function publish(status: Status): void {
    if (over) return;
    for (const channel of channels) channel.push(status);
    for (const { handler } of [...(handlers.get(status.type) ?? [])]) callBack(handler, status);
    if (status.type !== "closed") return;
    over = true;
    for (const channel of [...channels]) channel.close();
    handlers.clear();
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
    iterate() {
      const channel: Channel<Status> = createChannel(maxWaiting, () => channels.delete(channel));
      if (over) channel.close();
      else channels.add(channel);
      return channel;
    },
    on(type, handler) {
      const set = handlers.get(type) ?? new Set();
      handlers.set(type, set);
      const entry = { handler };
      set.add(entry);
      return () => void set.delete(entry);
    },
  };
}

/** The report of a user's function that failed. */
export function handlerThrew(cause: unknown): SingyeongError {
  const said = cause instanceof Error ? `: ${cause.message}` : "";
  return new SingyeongError("client/handler-threw", `a handler threw${said}`, { cause });
}
