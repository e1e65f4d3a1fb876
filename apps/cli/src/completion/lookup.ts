import { type ConnectionSettings, resolveConnection } from "../connection/settings.ts";
import { configFolder } from "../context/folder.ts";
import { createContextStore } from "../context/store.ts";
import { topics } from "../help/topics.ts";
import type { GlobalOptions } from "../options/global-options.ts";
import { globalOptions } from "../options/global-options.ts";
import { optionName } from "../program.ts";
import type { System } from "../system.ts";
import type { Candidate, Lookup } from "./complete.ts";

/** A server that takes longer is not worth waiting for at a keypress. */
const patienceMs = 800;

/** What no shell takes for anything but itself; other names, which come from strangers, are not offered. */
const plainName = /^[\w.:/@+-]{1,64}$/;

export function createLookup(system: System): Lookup {
  const store = createContextStore(configFolder(system), system.platform);
  return {
    contexts: () => attempt(() => store.names().map((value) => ({ value, summary: "" })), []),
    topics: () => topics.map(({ name, summary }) => ({ value: name, summary })),
    applications: (options) => ask(options, listApplications),
    queues: (options) => ask(options, listQueues),
    async serverFlags() {
      const { Config } = await import("@singyeong/server");
      const flags = Object.entries(Config.properties).map(([key, schema]) => ({
        value: `--${optionName(key)}`,
        summary: (schema as { readonly description?: string }).description ?? "",
      }));
      return [
        ...flags,
        { value: "--config", summary: "settings from a file" },
        { value: "--print-config", summary: "print the settings in force" },
        { value: "--help", summary: "show help" },
      ];
    },
  };

  async function ask(
    options: Partial<GlobalOptions>,
    list: (settings: ConnectionSettings) => Promise<readonly Candidate[]>,
  ): Promise<readonly Candidate[]> {
    try {
      const settings = await resolveConnection({ ...defaults(), ...options, authFile: undefined }, system, store);
      if (settings.ca !== undefined) (await import("../connection/trust.ts")).trustAuthority(settings.ca);
      return await list(settings);
    } catch {
      return [];
    }
  }

  async function listQueues(settings: ConnectionSettings): Promise<readonly Candidate[]> {
    const [{ createQueueCaller }, { createQueueApi }] = await Promise.all([
      import("../queue/queue-caller.ts"),
      import("../queue/queue-api.ts"),
    ]);
    const queues = await createQueueApi(createQueueCaller(settings, system.interrupted), patienceMs).list("");
    return queues
      .filter(({ queue }) => plainName.test(queue))
      .map(({ queue, ready, dead }) => ({ value: queue, summary: `${ready} ready, ${dead} dead` }));
  }

  async function listApplications({ server, auth }: ConnectionSettings): Promise<readonly Candidate[]> {
    const { createHttpApi } = await import("@singyeong/client");
    const nodes = await createHttpApi({ server, auth }).query({ restricted: true }, { timeoutMs: patienceMs });
    const counts = new Map<string, number>();
    for (const { app } of nodes) if (plainName.test(app)) counts.set(app, (counts.get(app) ?? 0) + 1);
    return [...counts]
      .map(([value, count]) => ({ value, summary: `${count} client${count === 1 ? "" : "s"}` }))
      .sort((a, b) => (a.value < b.value ? -1 : 1));
  }
}

function defaults(): GlobalOptions {
  return Object.fromEntries(
    Object.entries(globalOptions).map(([key, { fallback }]) => [key, fallback]),
  ) as GlobalOptions;
}

function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}
