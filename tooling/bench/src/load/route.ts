import type { Connection } from "./connection.ts";
import { guardProgress } from "./stall.ts";
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

/** Fails a measurement that stalls, unless `done` is called in time; `arrived` tells how far it came. */
export function guardStall(route: Route, arrived: () => string, reject: (error: Error) => void): { done(): void } {
  const { senders, receivers } = route;
  const answers = (): number => senders.reduce((sum, { meter }) => sum + meter.frames, 0);
  const progress = (): string => `${arrived()} messages arrived, senders have been sent ${answers()} frames`;
  return guardProgress([...senders, ...receivers], progress, reject);
}
