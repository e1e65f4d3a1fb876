import type { Connection } from "./connection.ts";
import type { Traffic } from "./traffic.ts";

/** Traffic and the connections that it runs over. */
export interface Route {
  readonly senders: readonly Connection[];
  /** In the order of their places: message `i` arrives at receiver `i % receivers.length`, or at all where it fans out. */
  readonly receivers: readonly Connection[];
  readonly traffic: Traffic;
  /** True where every message goes to every receiver. */
  readonly fansOut: boolean;
}

/** What stays away longer than this does not come. */
const stallTimeoutMs = 30_000;

/** Fails a measurement that stalls, unless `done` is called in time; `arrived` tells how far it came. */
export function guardStall(route: Route, arrived: () => string, reject: (error: Error) => void): { done(): void } {
  const timer = setTimeout(() => {
    const gone = [...route.senders, ...route.receivers].filter(({ socket }) => socket.destroyed).length;
    const answers = route.senders.reduce((sum, { meter }) => sum + meter.frames, 0);
    const state = `senders have been sent ${answers} frames, ${gone} connections are gone`;
    reject(new Error(`stalled: ${arrived()} messages arrived, ${state}`));
  }, stallTimeoutMs);
  return { done: () => clearTimeout(timer) };
}
