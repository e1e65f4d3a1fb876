import type { Client } from "../registry/client.ts";

/** Requests whose clients have said nothing yet, to be told where one of these is away: it may come back, or never. */
export interface Absences {
  /** `task` is run each time that the client's connection breaks, until it is watched for no longer. */
  watch(client: Client, task: () => void): void;
  unwatch(client: Client, task: () => void): void;
  /** The client's connection broke. */
  away(client: Client): void;
}

export function createAbsences(): Absences {
  const tasks = new Map<Client, Set<() => void>>();
  return {
    watch(client, task) {
      const own = tasks.get(client);
      if (own === undefined) tasks.set(client, new Set([task]));
      else own.add(task);
    },
    unwatch(client, task) {
      const own = tasks.get(client);
      if (own?.delete(task) && own.size === 0) tasks.delete(client);
    },
    away(client) {
      for (const task of [...(tasks.get(client) ?? [])]) task();
    },
  };
}
