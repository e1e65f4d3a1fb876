import type { Connection } from "./connection.ts";

/** What stays away longer than this does not come. */
const stallTimeoutMs = 30_000;

/** Fails a measurement that stalls, unless `done` is called in time; `progress` tells how far it came. */
export function guardProgress(
  connections: readonly Connection[],
  progress: () => string,
  reject: (error: Error) => void,
): { done(): void } {
  const timer = setTimeout(() => {
    const gone = connections.filter(({ socket }) => socket.destroyed).length;
    reject(new Error(`stalled: ${progress()}, ${gone} connections are gone`));
  }, stallTimeoutMs);
  return { done: () => clearTimeout(timer) };
}
